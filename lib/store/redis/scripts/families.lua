--[[
Reads which families a group has.

Returns {'1' if there may be something to sweep (sweep.lua) else '0', then for each family: definition (shape, newline, JSON), layout}
Complexity O(families).

A script, since a client may send plain reads to replicas, which lag behind. All at once, so that a reading shows what was there
at one moment, whatever is replaced meanwhile.
]]
local fields = redis.call('HGETALL', KEYS[1])
local layouts, is_untidy, reply = {}, redis.call('EXISTS', key_named('garbage')) == 1, {''}
for at = 1, #fields, 2 do
  local family, writer = string.match(fields[at], '^([^#]+)#(.*)$')
  if family and writer == '' then
    layouts[family] = fields[at + 1]
  elseif family and string.sub(writer, 1, 1) ~= '@' then
    is_untidy = true
  end
end
for at = 1, #fields, 2 do
  local family = fields[at]
  if is_family(family) then
    reply[#reply + 1] = fields[at + 1]
    reply[#reply + 1] = layouts[family] or redis.call('HGET', key_named('layouts'), family) or ''
  end
end
reply[1] = is_untidy and '1' or '0'
return reply
