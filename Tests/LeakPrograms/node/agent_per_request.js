// A keep-alive Agent for each request: its idle connection is never asked for again. When the
// server closes idle connections the event loop closes them too: a plateau.
'use strict';
const http = require('http');
const { Truth, pace } = require('./truth');

const [name, rate, plateau] = process.argv.slice(2);
const truth = new Truth('an Agent per request');
const kept = [];
pace(rate, () => {
  const agent = new http.Agent({ keepAlive: true });
  kept.push(agent);
  http.get(`http://${name}/`, { agent }, (answer) => answer.resume()).on('error', () => {});
  if (plateau) truth.opened(); else truth.leaked();
});
