// A file that is not there ends the test at its begin with exit code 107.
// docs: javascript-api/init-context/open
// promises: exit 107, console 0
// tells: no-such-file.txt

const text = open('./data/no-such-file.txt');

export default function () {
  console.log(text);
}
