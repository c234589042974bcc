--[[
Stands before the scripts that take the turn to push a group.
]]

-- turn: proves whose it is. Not if a push took its turn less than `within_ms` ago, or after `asked`; nil: in any case. Returns {1 if
-- taken else 0, now in milliseconds, when the latest successful push took its turn or 0, how long the turn of another process lasts
-- at the most in milliseconds}
local function take_turn(turn, ttl_ms, within_ms, asked)
  local pushed, now = redis.call('GET', key_named('pushed')), clock()
  -- It lies ahead where the clock was set back: nobody would push until it has caught up.
  if pushed and tonumber(pushed) > now then
    redis.call('SET', key_named('pushed'), digits(now))
  end
  local last = stored_time(pushed, now)
  if (within_ms and now - last < within_ms) or (asked and last > asked) then
    return {0, now, last, 0}
  end
  -- The same request may come twice, when the answer to the first was lost.
  local key = key_named('turn')
  local taken = redis.call('SET', key, turn, 'NX', 'PX', ttl_ms) or redis.call('GET', key) == turn
  return {taken and 1 or 0, now, last, taken and 0 or math.max(redis.call('PTTL', key), 0)}
end
