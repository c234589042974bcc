--[[
Reads which families wait for their values from before.

Returns {family, for how many milliseconds it has waited, ...}
Complexity O(families that wait), usually 0.
]]
-- From a script the reply is flat whatever protocol the client speaks.
local fields, now, waiting = redis.call('HGETALL', key_named('restore')), clock(), {}
for at = 1, #fields, 2 do
  -- Not what was cleared on purpose.
  if not string.find(fields[at], '*', 1, true) then
    waiting[#waiting + 1] = fields[at]
    waiting[#waiting + 1] = digits(now - stored_time(fields[at + 1], now))
  end
end
return waiting
