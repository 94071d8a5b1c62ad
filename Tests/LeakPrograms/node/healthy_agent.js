// Healthy: one keep-alive Agent for all. The server closes each connection after a number of
// requests, so that there is always some churn.
'use strict';
const http = require('http');
const { Truth, pace } = require('./truth');

const [name, rate] = process.argv.slice(2);
const truth = new Truth(null);
const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
pace(rate, () => {
  http.get(`http://${name}/`, { agent }, (answer) => answer.resume()).on('error', () => {});
  truth.opened();
});
