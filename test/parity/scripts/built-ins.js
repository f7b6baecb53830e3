// The language's built-in objects have the same members, so that a script finds here what it finds there, and no more.
// docs: javascript-api
// promises: exit 0, iterations 1
// parity: times ±300 ms because a shared machine holds a process up for that long at times

export default function () {
  const owners = [
    Array,
    ArrayBuffer,
    DataView,
    Date,
    Error,
    Map,
    Number,
    Object,
    Promise,
    RegExp,
    Set,
    String,
    WeakMap,
    WeakSet,
  ];
  const names = (owner) => Reflect.ownKeys(owner).map(String).sort().join(' ');
  for (const owner of owners) {
    console.log(owner.name, names(owner));
    console.log(`${owner.name}.prototype`, names(owner.prototype));
  }
  for (const [name, owner] of Object.entries({ JSON, Math, Reflect })) console.log(name, names(owner));
}
