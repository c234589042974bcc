--[[
Reads or changes the ledger of a group: which gateways may hold a copy of it.

KEYS  1  ledger  hash    'holder' -> gateway, 'since' -> since when in milliseconds, 'silent' -> since when it is silent,
                         'copy:<gateway>' -> number of the hold it is of, 'holds' -> how many there have been
      2  turn    string  token of the process whose turn it is
      3  pushed  string  when the latest successful push took its turn, in milliseconds
ARGV  1  'read' | 'hold' | 'silent' | 'heard' | 'strike'
      2  token of the caller's turn; not looked at for 'read' and 'strike'
      3  gateway, for 'hold' and 'strike'; for 'silent' how long it has been so already, in milliseconds
      4  number of the hold, for 'strike'
Returns for 'read' now in milliseconds, pushed, then the fields and values of the ledger; -1 if the turn is lost; otherwise
for 'silent' how long it has been so in milliseconds, else 0
Complexity O(gateways) for 'read', else O(1).
]]
local change, token, gateway = ARGV[1], ARGV[2], ARGV[3]

local function milliseconds()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

if change == 'read' then
  -- From a script the reply is flat whatever protocol the client speaks.
  local reply = redis.call('HGETALL', KEYS[1])
  table.insert(reply, 1, redis.call('GET', KEYS[3]) or '')
  table.insert(reply, 1, string.format('%.0f', milliseconds()))
  return reply
end
if change == 'strike' then
  -- A late request must not strike what the gateway has got since.
  local copy = 'copy:' .. gateway
  if redis.call('HGET', KEYS[1], 'holder') ~= gateway and redis.call('HGET', KEYS[1], copy) == ARGV[4] then
    redis.call('HDEL', KEYS[1], copy)
  end
  return 0
end
if redis.call('GET', KEYS[2]) ~= token then
  return -1
end
if change == 'hold' then
  local hold = redis.call('HINCRBY', KEYS[1], 'holds', 1)
  local now = string.format('%.0f', milliseconds())
  redis.call('HSET', KEYS[1], 'holder', gateway, 'since', now, 'copy:' .. gateway, hold)
  redis.call('HDEL', KEYS[1], 'silent')
elseif change == 'heard' then
  redis.call('HDEL', KEYS[1], 'silent')
else
  local now = milliseconds()
  redis.call('HSETNX', KEYS[1], 'silent', string.format('%.0f', now - tonumber(gateway)))
  return now - tonumber(redis.call('HGET', KEYS[1], 'silent'))
end
return 0
