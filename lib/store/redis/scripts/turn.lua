--[[
Stands before the scripts that take the turn to push a group.
]]

-- A turn that is for reading the group alone begins so.
local READING = 'read:'

-- turn: proves whose it is. Not if a push took its turn less than `within_ms` ago, or after `asked`; nil: in any case. Returns {1 if
-- taken else 0, now in milliseconds, when the latest successful push took its turn or 0, how long the turn of another process lasts
-- at the most in milliseconds, 1 if that one only reads else 0}
local function take_turn(turn, ttl_ms, within_ms, asked)
  local pushed, now = redis.call('GET', key_named('pushed')), clock()
  -- It lies ahead where the clock was set back: nobody would push until it has caught up.
  if pushed and tonumber(pushed) > now then
    redis.call('SET', key_named('pushed'), digits(now))
  end
  local last = stored_time(pushed, now)
  if (within_ms and now - last < within_ms) or (asked and last > asked) then
    return {0, now, last, 0, 0}
  end
  -- The same request may come twice, when the answer to the first was lost.
  local key = key_named('turn')
  local taken = redis.call('SET', key, turn, 'NX', 'PX', ttl_ms) or redis.call('GET', key) == turn
  if not taken then
    local other = redis.call('GET', key) or ''
    return {0, now, last, math.max(redis.call('PTTL', key), 0), string.find(other, READING, 1, true) == 1 and 1 or 0}
  end
  -- From now on a gateway may have the group.
  if string.find(turn, READING, 1, true) ~= 1 then
    redis.call('HDEL', key_named('ledger'), 'absent')
  end
  return {1, now, last, 0, 0}
end
