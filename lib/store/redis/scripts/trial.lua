--[[
Stands before the prelude where a script only runs to see whether it may: every key that it writes expires by itself.
]]
local redis = (function(real)
  local function expiring(run)
    return function(...)
      local _, key = ...
      local reply = run(...)
      if type(key) == 'string' and string.sub(key, 1, #KEYS[2]) == KEYS[2] then
        real.call('PEXPIRE', key, 60000)
      end
      return reply
    end
  end
  return setmetatable({call = expiring(real.call), pcall = expiring(real.pcall)}, {__index = real})
end)(redis)
