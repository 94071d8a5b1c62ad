// Healthy: fetch with small bodies. Nobody reads them, but they are small: the pool goes on.
'use strict';
const { Truth, pace } = require('./truth');

const [name, rate] = process.argv.slice(2);
const truth = new Truth(null);
pace(rate, async () => {
  const answer = await fetch(`http://${name}/`);
  if (answer.ok) truth.opened();
});
