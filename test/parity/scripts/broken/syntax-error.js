// A script that cannot be read ends with exit code 107, and its place is told.
// docs: using-k6/test-lifecycle
// promises: exit 107, console 0
// tells: 7:9

export default function () {
  const = 3;
}
