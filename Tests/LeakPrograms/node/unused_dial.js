// net.connect ahead of need, and the connection is never used.
'use strict';
const net = require('net');
const { Truth, pace, address } = require('./truth');

const [name, rate] = process.argv.slice(2);
const truth = new Truth('connected and never used');
const kept = [];
pace(rate, () => {
  kept.push(net.connect(address(name)));
  truth.leaked();
});
