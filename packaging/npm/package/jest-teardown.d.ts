/** Stops the emulator after the last test. */
declare function teardown(): Promise<void>;

export = teardown;
