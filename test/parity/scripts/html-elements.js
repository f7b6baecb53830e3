// parseHTML reads any text; each and get give elements, toArray selections.
// docs: javascript-api/k6-html/parsehtml
// promises: exit 0, iterations 1, requests 0, console 9
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { parseHTML } from 'k6/html';

export default function () {
  const page = parseHTML('<div id="a" class="x y">one <i>two</i></div><div id="b">three</div>');
  page
    .find('div')
    .each((index, element) => console.log(index, element.id(), element.nodeName(), element.textContent()));
  const first = page.find('div').get(0);
  console.log(first.className(), first.innerHTML(), first.getAttribute('id'));
  console.log(page.find('i').closest('div').attr('id'), page.find('#a').contents().size());
  console.log(
    page
      .find('div')
      .toArray()
      .map((one) => one.text())
      .join('|'),
  );
  console.log(page.find('div').slice(1).text(), page.find('div').has('i').size());
  console.log(first.hasAttribute('class'), first.childElementCount(), first.firstElementChild().textContent());
  console.log(page.find('i').parents().size(), page.find('#b').siblings().attr('id'));
  console.log(page.find('div').get(7) === undefined, page.find('#a').index(), page.find('#b').index());
}
