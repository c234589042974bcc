--[[
Reads which families wait for their values from before.

KEYS  1  restore  hash  family -> since when it waits, in milliseconds; other fields: see apply.lua
Returns {now in milliseconds, field, value, ...}
Complexity O(families that wait and series removed meanwhile), usually 0.
]]
local time = redis.call('TIME')
-- From a script the reply is flat whatever protocol the client speaks.
local reply = redis.call('HGETALL', KEYS[1])
table.insert(reply, 1, string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)))
return reply
