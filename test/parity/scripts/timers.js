// setTimeout and setInterval call later, the iteration waits for them, and they can be taken back.
// docs: javascript-api/k6-timers
// promises: exit 0, iterations 1, console 5
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { clearInterval, clearTimeout, setInterval, setTimeout } from 'k6/timers';

export default function () {
  setTimeout((...given) => console.log('after 100 ms', ...given), 100, 'a', 1);
  setTimeout(() => console.log('after 50 ms'), 50);
  const gone = setTimeout(() => console.log('never said'), 20);
  clearTimeout(gone);
  let times = 0;
  const ticking = setInterval(() => {
    times += 1;
    console.log(`tick ${times}`);
    if (times === 2) clearInterval(ticking);
  }, 150);
  console.log('at once');
}
