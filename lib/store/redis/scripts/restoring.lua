--[[
Reads which families wait for their values from before.

Returns {now in milliseconds, family, since when it waits, ...}
Complexity O(families that wait and series removed meanwhile), usually 0.
]]
-- From a script the reply is flat whatever protocol the client speaks.
local fields = redis.call('HGETALL', key_named('restore'))
local waiting = {digits(clock())}
for at = 1, #fields, 2 do
  -- Not the series removed meanwhile, nor the note that all was forgotten on purpose.
  if not string.find(fields[at], '[{*]') then
    waiting[#waiting + 1], waiting[#waiting + 2] = fields[at], fields[at + 1]
  end
end
return waiting
