// Response.html finds elements by selectors and tells their text, attributes and number.
// docs: javascript-api/k6-html
// promises: exit 0, iterations 1, requests 1, console 22
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';

export default function () {
  const page = http.get(`${__ENV.TARGET}/page`).html();
  const tell = (what, value) => console.log(`${what}: ${JSON.stringify(value)}`);
  tell('title', page.find('head title').text());
  tell('attribute', page.find('h1').attr('class'));
  tell('no attribute', page.find('h1').attr('nothing'));
  tell('attribute of the first', page.find('a').attr('href'));
  tell('entities', page.find('meta[name=description]').attr('content'));
  tell('size', page.find('li').size());
  tell(
    'texts',
    page.find('li').map((_, element) => element.text()),
  );
  tell('all text', page.find('p').text());
  tell('html of the first', page.find('p').html());
  tell('first, last, eq', [
    page.find('li').first().text(),
    page.find('li').last().text(),
    page.find('li').eq(1).text(),
  ]);
  tell('none', [page.find('table').size(), page.find('table').text(), page.find('table').html()]);
  tell('is', [page.find('h1').is('.big'), page.find('h1').is('p')]);
  tell('children', page.find('ul').children().size());
  tell('parent', page.find('li').parent().attr('class'));
  tell('next', page.find('li').first().next().text());
  tell('prev', page.find('li').last().prev().text());
  tell('filter', page.find('li').filter('[data-price="5"]').text());
  tell('not', page.find('li').not(':first-child').size());
  tell('data', page.find('li').last().data('price'));
  tell('value', [page.find('input[name=user]').val(), page.find('select').val(), page.find('textarea').val()]);
  tell('form', page.find('form').serialize());
  tell('values', Object.entries(page.find('form').serializeObject()).sort());
}
