// @ts-check
'use strict';

const { account, Account } = require('./lib/account.js');
const { findBinary } = require('./lib/binary.js');
const { ControlError } = require('./lib/http.js');
const { Emulator, start } = require('./lib/process.js');

module.exports = { Account, Emulator, ControlError, account, findBinary, start };
