--[[
Which processes have values of their own in a group: `processes`, scored by their last sign of life. `#since` in it: since when there
have been signs of life without a gap.

ARGV  1  'live' | 'leave' | 'living'
      2  for how many milliseconds a process may be silent
      3  'live', 'leave': process; 'living': the caller's clock in milliseconds
      4  'live': what was returned for the last sign, or ''
      5  'live': writer of the process' batches
      6  'live': the last of them that was confirmed, or 0
Returns for 'live' {now, '1' if the process is known by its last sign, otherwise ''}; for 'leave' 1; for 'living' those that live, all others are forgotten
Complexity O(log(processes)), for 'living' O(processes).
]]
local processes, silent_ms, now = key_named('processes'), tonumber(ARGV[2]), clock()
local SINCE = '#since'

if ARGV[1] == 'leave' then
  redis.call('ZREM', processes, ARGV[3])
  return 1
end

-- Signs that the clock has not reached: it was set back, and they count from now.
for _, process in ipairs(redis.call('ZRANGEBYSCORE', processes, '(' .. digits(now), '+inf', 'LIMIT', 0, 1000)) do
  redis.call('ZADD', processes, digits(now), process)
end

if ARGV[1] == 'live' then
  note_group()
  local since = redis.call('ZSCORE', processes, SINCE)
  -- Nobody could give a sign for a while, or this is the first one: whoever lives gets the time for the next.
  local latest = tonumber(redis.call('ZREVRANGE', processes, 0, 0, 'WITHSCORES')[2] or 0)
  if now - latest > silent_ms then
    redis.call('ZADD', processes, digits(now), SINCE)
  end
  -- It may know the sign and yet be older than the values that came after it.
  local is_older = (numbers_of(ARGV[5]) or 0) < tonumber(ARGV[6])
  local is_known = not is_older and redis.call('ZSCORE', processes, ARGV[3]) == ARGV[4]
  -- Not if this process alone was silent.
  if ARGV[4] ~= '' and not is_known and (is_older or not since or tonumber(since) > tonumber(ARGV[4])) then
    note_parts_lost()
  end
  redis.call('ZADD', processes, digits(now), ARGV[3])
  return {digits(now), is_known and '1' or ''}
end

local silent_since = surely_past(now, ARGV[3]) - silent_ms
if tonumber(redis.call('ZSCORE', processes, SINCE) or now) < silent_since then
  for _, process in ipairs(redis.call('ZRANGEBYSCORE', processes, '-inf', '(' .. digits(silent_since), 'LIMIT', 0, 1000)) do
    if process ~= SINCE then
      redis.call('ZREM', processes, process)
    end
  end
end
local living = {}
for _, process in ipairs(redis.call('ZRANGE', processes, 0, -1)) do
  if process ~= SINCE then
    living[#living + 1] = process
  end
end
return living
