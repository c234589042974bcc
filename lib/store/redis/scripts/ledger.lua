--[[
Reads or changes the ledger of a group: which gateways may hold a copy of it.

ARGV  1  'read' | 'hold' | 'silent' | 'heard' | 'strike'
      2  the caller's turn; not looked at for 'read' and 'strike'
      3  gateway, for 'hold' and 'strike'; for 'silent' how long it has been so already, in milliseconds
      4  number of the hold, for 'strike'
Returns for 'read' {now in milliseconds, when the latest successful push took its turn or '', fields and values of the
ledger}; -1 if the turn is lost; otherwise for 'silent' how long it has been so in milliseconds, else 0
Complexity O(gateways) for 'read', else O(1).
]]
local change, turn, gateway = ARGV[1], ARGV[2], ARGV[3]
local ledger = key_named('ledger')

if change == 'read' then
  -- From a script the reply is flat whatever protocol the client speaks.
  local reply = redis.call('HGETALL', ledger)
  table.insert(reply, 1, redis.call('GET', key_named('pushed')) or '')
  table.insert(reply, 1, digits(clock()))
  return reply
end
if change == 'strike' then
  -- A late request must not strike what the gateway has got since.
  local copy = 'copy:' .. gateway
  if redis.call('HGET', ledger, 'holder') ~= gateway and redis.call('HGET', ledger, copy) == ARGV[4] then
    redis.call('HDEL', ledger, copy)
  end
  return 0
end
if redis.call('GET', key_named('turn')) ~= turn then
  return -1
end
if change == 'hold' then
  local hold = redis.call('HINCRBY', ledger, 'holds', 1)
  redis.call('HSET', ledger, 'holder', gateway, 'since', digits(clock()), 'copy:' .. gateway, hold)
  redis.call('HDEL', ledger, 'silent')
elseif change == 'heard' then
  redis.call('HDEL', ledger, 'silent')
else
  local now = clock()
  redis.call('HSETNX', ledger, 'silent', digits(now - tonumber(gateway)))
  return now - stored_time(redis.call('HGET', ledger, 'silent'), now)
end
return 0
