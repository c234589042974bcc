--[[
Reads or changes the ledger of a group: which gateways may hold a copy of it.

ARGV  1  'read' | 'hold' | 'copies' | 'absent' | 'silent' | 'heard' | 'unreachable' | 'reachable' | 'strike' | 'forget'
      2  the caller's turn; looked at for 'hold', 'copies', 'absent', 'silent' and 'heard'
      3  gateway; for 'copies' and what follows each a gateway; for 'silent' how long it has been so already, in milliseconds
      4  number of the hold, for 'strike' and 'forget'
Returns for 'read' what `read_ledger` gives (pushing.lua); -1 if the turn is lost; otherwise for 'silent' and 'unreachable' how long
it has been so in milliseconds, else 0
Complexity O(gateways) for 'read', 'copies' and 'forget', else O(1).
]]
local REMEMBERED_MS = 7 * 24 * 3600 * 1000

local change, turn, gateway = ARGV[1], ARGV[2], ARGV[3]
local ledger = key_named('ledger')

if change == 'read' then
  return read_ledger()
end

if change == 'unreachable' or change == 'reachable' then
  local field = 'unreachable:' .. gateway
  if change == 'reachable' or redis.call('HEXISTS', ledger, 'copy:' .. gateway) == 0 then
    redis.call('HDEL', ledger, field)
    return 0
  end
  local now = clock()
  local since = tonumber(redis.call('HGET', ledger, field))
  -- The clock may have been set back.
  if not since or since > now then
    since = now
    redis.call('HSET', ledger, field, digits(since))
  end
  return now - since
end

-- What was forgotten is told of for a while.
local function note_forgotten()
  local now = clock()
  local fields = redis.call('HGETALL', ledger)
  for at = 1, #fields, 2 do
    if string.sub(fields[at], 1, 10) == 'forgotten:' and tonumber(fields[at + 1]) < now - REMEMBERED_MS then
      redis.call('HDEL', ledger, fields[at])
    end
  end
  redis.call('HSET', ledger, 'forgotten:' .. gateway, digits(now))
end

if change == 'strike' or change == 'forget' then
  -- A late request must not strike what the gateway has got since.
  local copy = 'copy:' .. gateway
  if redis.call('HGET', ledger, 'holder') ~= gateway and redis.call('HGET', ledger, copy) == ARGV[4] then
    redis.call('HDEL', ledger, copy, 'unreachable:' .. gateway)
    if change == 'forget' then
      note_forgotten()
    end
  end
  return 0
end

if redis.call('GET', key_named('turn')) ~= turn then
  return -1
end
if change == 'hold' then
  local hold = redis.call('HINCRBY', ledger, 'holds', 1)
  redis.call('HSET', ledger, 'holder', gateway, 'since', digits(clock()), 'copy:' .. gateway, hold)
  redis.call('HDEL', ledger, 'silent', 'unreachable:' .. gateway, 'forgotten:' .. gateway)
elseif change == 'copies' then
  for at = 3, #ARGV do
    local copy = 'copy:' .. ARGV[at]
    if redis.call('HEXISTS', ledger, copy) == 0 then
      redis.call('HSET', ledger, copy, redis.call('HINCRBY', ledger, 'holds', 1))
      redis.call('HDEL', ledger, 'forgotten:' .. ARGV[at])
    end
  end
elseif change == 'absent' then
  redis.call('HSET', ledger, 'absent', digits(clock()))
elseif change == 'heard' then
  redis.call('HDEL', ledger, 'silent')
else
  local now = clock()
  redis.call('HSETNX', ledger, 'silent', digits(now - tonumber(gateway)))
  return now - stored_time(redis.call('HGET', ledger, 'silent'), now)
end
return 0
