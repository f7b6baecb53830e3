// An option that does not exist is warned of and otherwise without effect.
// docs: using-k6/k6-options/reference
// promises: exit 0, iterations 2
// logs: warning iteratoins
// parity: times ±300 ms because a shared machine holds a process up for that long at times

export const options = { iterations: 2, iteratoins: 7 };

export default function () {}
