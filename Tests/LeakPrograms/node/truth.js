// What a leak program knows of itself, a JSON line a second in the file that SOCKEYE_TRUTH names.
'use strict';
const fs = require('fs');

class Truth {
  constructor(mistake) {
    this.counts = { opened: 0, closed: 0 };
    this.leaks = {};
    this.begin = Date.now();
    const file = process.env.SOCKEYE_TRUTH && fs.openSync(process.env.SOCKEYE_TRUTH, 'a');
    const write = () => {
      const seconds = Math.max((Date.now() - this.begin) / 1000, 0.001);
      const total = Object.values(this.leaks).reduce((sum, count) => sum + count, 0);
      fs.writeSync(file, JSON.stringify({
        time: Date.now() / 1000, ...this.counts, leaked: this.leaks, rate: total / seconds, mistake,
      }) + '\n');
    };
    if (file) {
      write();
      setInterval(write, 1000);
    }
  }
  opened() { this.counts.opened += 1; }
  closed() { this.counts.closed += 1; }
  leaked(kind = 'socket') {
    this.counts.opened += 1;
    this.leaks[kind] = (this.leaks[kind] || 0) + 1;
  }
}

// Calls work `rate` times a second for ever.
const pace = (rate, work) => setInterval(work, 1000 / Number(rate));

const address = (name) => {
  const [host, port] = name.split(':');
  return { host, port: Number(port) };
};

module.exports = { Truth, pace, address };
