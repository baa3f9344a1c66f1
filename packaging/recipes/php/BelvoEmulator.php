<?php

declare(strict_types=1);

// Copy this file to tests/, and give it the namespace of your tests. It needs PHP 8.0.

/** An emulator for the whole run, started by the first test that asks for an account. */
final class BelvoEmulator
{
    private const READY_LINE = 'belvo-emulator ready on ';
    private const PATIENCE_SECONDS = 30;

    private static ?string $baseUrl = null;

    /** An account of the test's own: a pair of keys, which no other test has. */
    public static function account(string $name = 'test'): BelvoAccount
    {
        self::$baseUrl ??= self::start();
        $readable = substr(preg_replace('/[^A-Za-z0-9]+/', '-', $name), 0, 60);
        return new BelvoAccount(self::$baseUrl, $readable . '-' . bin2hex(random_bytes(16)), 'a-password');
    }

    private static function start(): string
    {
        $binary = getenv('BELVO_EMULATOR_BIN') ?: 'belvo-emulator';
        $command = [$binary, '--port', '0', '--clock', 'skip', '--exit-with-parent', '--quiet'];
        $process = @proc_open($command, [0 => ['pipe', 'r'], 1 => ['pipe', 'w'], 2 => STDERR], $pipes);
        if ($process === false) {
            throw new RuntimeException('put belvo-emulator on the PATH, or name it in BELVO_EMULATOR_BIN');
        }
        register_shutdown_function(static fn () => proc_terminate($process));
        $stdout = [$pipes[1]];
        $none = null;
        $isReadable = stream_select($stdout, $none, $none, self::PATIENCE_SECONDS);
        $line = $isReadable ? (string) fgets($pipes[1]) : '';
        if (!str_starts_with($line, self::READY_LINE)) {
            throw new RuntimeException("$binary was not ready within " . self::PATIENCE_SECONDS . ' s, or has ended');
        }
        return trim(substr($line, strlen(self::READY_LINE)));
    }
}

final class BelvoAccount
{
    public function __construct(
        public string $baseUrl,
        public string $secretId,
        public string $secretPassword,
    ) {
    }

    /**
     * Makes any call, and returns the status and the JSON of the answer. Your tests use your client instead.
     *
     * @return array{int, mixed}
     */
    public function send(string $method, string $path, ?array $body = null): array
    {
        $keys = base64_encode("$this->secretId:$this->secretPassword");
        $context = stream_context_create(['http' => [
            'method' => $method,
            'header' => ["Authorization: Basic $keys", 'Content-Type: application/json'],
            'content' => $body === null ? '' : json_encode((object) $body, JSON_THROW_ON_ERROR),
            'ignore_errors' => true,
            'timeout' => 660, // An await waits for ten minutes at most.
        ]]);
        $text = file_get_contents($this->baseUrl . $path, false, $context);
        if ($text === false) {
            throw new RuntimeException("$method $path: the emulator does not answer");
        }
        $status = (int) explode(' ', $http_response_header[0])[1];
        return [$status, $text === '' ? null : json_decode($text, true, 512, JSON_THROW_ON_ERROR)];
    }

    /** Makes a control call, which must succeed. */
    public function call(string $method, string $path, ?array $body = null): mixed
    {
        [$status, $answer] = $this->send($method, $path, $body);
        if ($status >= 300) {
            throw new RuntimeException("$method $path answered $status: " . json_encode($answer));
        }
        return $answer;
    }

    /** Returns the webhook when its receiver has accepted it. The time moves on to it. */
    public function awaitWebhook(array $wanted = []): mixed
    {
        return $this->call('POST', '/_emulator/webhooks/await', $wanted);
    }

    /** Lets a scenario answer the next call that logs in. */
    public function arm(string $scenario, array $options = []): array
    {
        return $this->call('POST', '/_emulator/armed', ['scenario' => $scenario] + $options);
    }

    /** Spoils answers or webhooks. */
    public function fault(string|array $fault, array $options = []): array
    {
        return $this->call('POST', '/_emulator/faults', ['fault' => $fault] + $options);
    }

    /** Moves the time on, by a duration such as 8d. */
    public function advance(string $by): array
    {
        return $this->call('POST', '/_emulator/clock/advance', ['by' => $by]);
    }
}
