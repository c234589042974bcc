--[[
Stands before the scripts that write exemplars. Those of a series, at most one for each bucket, are packed one after the other: bucket
(4 bytes), time in milliseconds (double), value (double), length of its labels (2 bytes), labels; all little-endian.
]]
local EXEMPLAR_HEAD, EXEMPLAR_BYTES = '<I4ddI2', 22

-- Calls `act` with bucket, time and bytes of each.
local function each_exemplar(packed, act)
  local at = 1
  while at <= #packed do
    local bucket, time, _, length = struct.unpack(EXEMPLAR_HEAD, packed, at)
    local next_at = at + EXEMPLAR_BYTES + length
    act(bucket, time, sub(packed, at, next_at - 1))
    at = next_at
  end
end

-- Of each bucket the latest. A time that the clock has not reached is taken for now, and gives way to any other.
local function merge_exemplars(old, packed)
  local times, bytes, order, now = {}, {}, {}, clock()
  each_exemplar(old, function(bucket, time, exemplar)
    times[bucket], bytes[bucket] = time, exemplar
    order[#order + 1] = bucket
  end)
  each_exemplar(packed, function(bucket, time, exemplar)
    local known = times[bucket]
    if time > now then
      time = now
      exemplar = sub(exemplar, 1, 4) .. struct.pack('<d', now) .. sub(exemplar, 13)
    end
    if not known then
      order[#order + 1] = bucket
    end
    if not known or known > now or known <= time then
      times[bucket], bytes[bucket] = time, exemplar
    end
  end)
  for at, bucket in ipairs(order) do
    order[at] = bytes[bucket]
  end
  return table.concat(order)
end

-- Of a series of the generation that is open.
local function note_exemplars(labels, packed)
  if layout_is_new then
    return
  end
  local key, mark = exemplars_of(family, generation), exemplars_mark(family, generation)
  local old = redis.pcall('HGET', key, labels)
  if type(old) == 'table' then
    if not string.find(old.err, 'WRONGTYPE', 1, true) then
      error(old)
    end
    -- Somebody else has written there. What was counted counts.
    return
  end
  if not stored_in_families(mark) then
    write_field(families, mark, '1', false)
  end
  write_field(key, labels, merge_exemplars(old or '', packed), old)
end

local function forget_exemplars(labels)
  if not layout_is_new and stored_in_families(exemplars_mark(family, generation)) then
    drop_field(exemplars_of(family, generation), labels)
  end
end
