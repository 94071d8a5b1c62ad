// http.get without a timeout against a server that never answers.
'use strict';
const http = require('http');
const { Truth, pace } = require('./truth');

const [name, rate] = process.argv.slice(2);
const truth = new Truth('no response timeout');
pace(rate, () => {
  http.get(`http://${name}/`, () => {});
  truth.leaked();
});
