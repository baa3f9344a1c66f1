// @ts-check
'use strict';

module.exports = require('./jest.js').stop;
