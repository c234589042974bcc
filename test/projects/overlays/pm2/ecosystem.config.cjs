module.exports = {
  apps: [
    {
      name: 'shop',
      script: 'main.mjs',
      exec_mode: 'cluster',
      instances: 4,
      wait_ready: true,
      listen_timeout: 60_000,
      // Longer than shutdownTimeoutMs, which is 5 s.
      kill_timeout: 10_000,
    },
  ],
};
