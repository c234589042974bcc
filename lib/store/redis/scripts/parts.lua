--[[
Stands before the scripts that change series of a gauge of processes. Such a series is `p:`, then for each process a space, its name,
`=` and its number.
]]
local PARTS = 'p:'

local function part_text(process, number)
  return ' ' .. process .. '=' .. number
end

local function parts_text(parts)
  return PARTS .. table.concat(parts)
end

local function each_part(stored)
  return string.gmatch(stored, ' (%S+)=(%S+)')
end

-- The series without a process; '' if nothing is left.
local function without_part(stored, process)
  local parts = {}
  for name, number in each_part(stored or '') do
    if name ~= process then
      parts[#parts + 1] = part_text(name, number)
    end
  end
  return #parts > 0 and parts_text(parts) or ''
end

-- The series with another number of one process.
local function with_part(stored, process, number)
  if not stored or string.sub(stored, 1, #PARTS) ~= PARTS then
    return PARTS .. part_text(process, number)
  end
  local from, to = string.find(stored, ' ' .. process .. '=', 1, true)
  if not from then
    return stored .. part_text(process, number)
  end
  return string.sub(stored, 1, to) .. number .. string.sub(stored, string.find(stored, ' ', to, true) or #stored + 1)
end
