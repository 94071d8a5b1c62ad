// Looks at the status only: the body of the answer is never consumed.
'use strict';
const http = require('http');
const { Truth, pace } = require('./truth');

const [name, rate] = process.argv.slice(2);
const truth = new Truth('the body is not consumed');
const kept = [];
pace(rate, () => {
  http.get(`http://${name}/`, (answer) => {
    kept.push(answer.statusCode);
    truth.leaked();
  });
});
