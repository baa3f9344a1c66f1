<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;

require_once __DIR__ . '/BelvoEmulator.php';

final class EmploymentTest extends TestCase
{
    private BelvoAccount $belvo;

    protected function setUp(): void
    {
        $this->belvo = BelvoEmulator::account($this->getName());
    }

    /** @return array{int, mixed} */
    private function register(): array
    {
        $link = ['institution' => 'planet_mx_employment', 'username' => 'BLPM951331IONVGR54'];
        return $this->belvo->send('POST', '/api/links/', $link);
    }

    public function testAnEmployedPersonHasAHistory(): void
    {
        [, $link] = $this->register();

        $webhook = $this->belvo->awaitWebhook(['link' => $link['id']]);

        self::assertSame('historical_update', $webhook['webhook_code']);
        [, $records] = $this->belvo->send('GET', "/api/employment-records/?link={$link['id']}");
        self::assertSame(1, $records['count']);
    }

    public function testARefusalOfImssIsExplainedAndTheNextTryWorks(): void
    {
        $this->belvo->arm('nss_not_found');

        [$status, $problems] = $this->register();

        self::assertSame(400, $status);
        self::assertSame('El NSS no fue localizado en el IMSS', $problems[0]['message']);
        self::assertSame(201, $this->register()[0]);
    }

    public function testABusyServerIsAskedAgain(): void
    {
        $busy = ['status' => ['status' => 503, 'code' => 'busy', 'message' => 'Try again.']];
        $this->belvo->fault($busy, ['operation' => 'RegisterLink', 'times' => 1]);
        self::assertSame(503, $this->register()[0]);
        self::assertSame(201, $this->register()[0]);
    }

    public function testAWeekBringsARefresh(): void
    {
        $this->register();
        $happened = $this->belvo->advance('8d')['happened'];
        self::assertContains('refresh', array_column($happened, 'what'));
    }
}
