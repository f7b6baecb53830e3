// Options may be computed while the script is loaded, from the environment as well.
// docs: using-k6/k6-options/how-to
// promises: exit 0, iterations 3
// env: ROUNDS=3
// parity: times ±300 ms because a shared machine holds a process up for that long at times

const rounds = Number(__ENV.ROUNDS);
const scenario = (iterations) => ({ executor: 'shared-iterations', vus: 1, iterations });

export const options = {
  scenarios: Object.fromEntries(Array.from({ length: rounds }, (_, i) => [`round_${i}`, scenario(1)])),
};

export default function () {}
