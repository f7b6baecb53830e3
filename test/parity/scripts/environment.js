// __ENV has the settings of the command line, which win over the environment.
// docs: using-k6/environment-variables
// promises: exit 0, iterations 1, console 4
// env: COLOUR=blue
// env: EMPTY=
// env: WORDS=two words = one
// parity: times ±300 ms because a shared machine holds a process up for that long at times

const loaded = __ENV.COLOUR;

export default function () {
  console.log(loaded, __ENV.COLOUR, JSON.stringify(__ENV.EMPTY), __ENV.WORDS);
  console.log(__ENV.NO_SUCH_THING === undefined, typeof __ENV.PATH, __ENV.GREETING);
  console.log('TARGET' in __ENV, typeof __ENV);
  __ENV.COLOUR = 'red';
  console.log(__ENV.COLOUR);
}
