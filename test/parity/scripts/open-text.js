// open reads a file beside the script as text, while the script is loaded.
// docs: javascript-api/init-context/open
// promises: exit 0, iterations 1, console 3
// parity: times ±300 ms because a shared machine holds a process up for that long at times

const text = open('./data/words.txt');
const goods = JSON.parse(open('data/goods.json'));

export default function () {
  console.log(text.length, JSON.stringify(text));
  console.log(goods.goods.length);
  try {
    open('./data/words.txt');
  } catch (error) {
    console.log('only while the script is loaded');
  }
}
