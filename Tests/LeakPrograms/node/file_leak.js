// fs.open for each job without close.
'use strict';
const fs = require('fs');
const { Truth, pace } = require('./truth');

const truth = new Truth('files are not closed');
pace(process.argv[2], () => {
  fs.open(__filename, 'r', () => truth.leaked('file'));
});
