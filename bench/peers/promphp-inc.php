<?php
// `php promphp-inc.php <autoload.php> <Redis host> <Redis port> <incs>`: nanoseconds of an inc with labels of PromPHP on Redis.
[, $autoload, $host, $port, $incs] = $argv;
require $autoload;

$storage = new \Prometheus\Storage\Redis(['host' => $host, 'port' => (int) $port]);
$registry = new \Prometheus\CollectorRegistry($storage, false);
$counter = $registry->getOrRegisterCounter('', 'requests_total', 'Requests', ['route', 'status']);
$begun = hrtime(true);
for ($at = 0; $at < (int) $incs; $at++) {
    $counter->inc(['/articles/' . ($at % 100), (string) (200 + intdiv($at % 1000, 100))]);
}
echo json_encode(['incLabels' => (hrtime(true) - $begun) / (int) $incs]), "\n";
