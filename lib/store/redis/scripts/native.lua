--[[
Stands before apply.lua: merges native histograms, as lib/model/native-histogram.ts does.

Packed: the schema (int8), then bin (int32) and count (double) of every bin that has counted, ascending.
]]
local NATIVE_OFFSET, LOWEST_SCHEMA, BIN_BYTES = 524288, -4, 12

-- Two bins of a schema are one of the next lower one; their order stays.
local function widen(bins, counts, by)
  local wider, sums, size, width = {}, {}, 0, 2 ^ by
  for at = 1, #bins do
    local bin = bins[at]
    if bin > 0 then
      bin = NATIVE_OFFSET + math.ceil((bin - NATIVE_OFFSET) / width)
    elseif bin < 0 then
      bin = -NATIVE_OFFSET - math.ceil((-bin - NATIVE_OFFSET) / width)
    end
    if wider[size] == bin then
      sums[size] = sums[size] + counts[at]
    else
      size = size + 1
      wider[size], sums[size] = bin, counts[at]
    end
  end
  return wider, sums
end

local function unpack_bins(packed, by)
  local bins, counts, position = {}, {}, 2
  for at = 1, (#packed - 1) / BIN_BYTES do
    bins[at], counts[at], position = struct.unpack('<i4d', packed, position)
  end
  if by == 0 then
    return bins, counts
  end
  return widen(bins, counts, by)
end

local function pack_bins(schema, bins, counts)
  local parts = {struct.pack('<i1', schema)}
  for at = 1, #bins do
    parts[at + 1] = struct.pack('<i4d', bins[at], counts[at])
  end
  return table.concat(parts)
end

-- How many of the bins end below that one.
local function bins_below(packed, bin, low)
  local high = (#packed - 1) / BIN_BYTES
  while low < high do
    local middle = math.floor((low + high) / 2)
    if struct.unpack('<i4', packed, middle * BIN_BYTES + 2) < bin then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end

-- Adds bins to those of the same schema. What does not change is copied as it is.
local function add_bins(stored, bins, counts)
  local parts, copied, below, size = {}, 0, 0, (#stored - 1) / BIN_BYTES
  for at = 1, #bins do
    local bin, count = bins[at], counts[at]
    below = bins_below(stored, bin, below)
    parts[#parts + 1] = sub(stored, copied + 1, below * BIN_BYTES + 1)
    copied = below * BIN_BYTES + 1
    if below < size then
      local same, old = struct.unpack('<i4d', stored, copied + 1)
      if same == bin then
        count = count + old
        copied = copied + BIN_BYTES
      end
    end
    parts[#parts + 1] = struct.pack('<i4d', bin, count)
  end
  parts[#parts + 1] = sub(stored, copied + 1)
  return table.concat(parts)
end

-- With as high a schema as keeps them to so many bins. That of zero does not count.
local function keep_to_limit(schema, packed, limit)
  if (#packed - 1) / BIN_BYTES <= limit then
    return packed
  end
  local bins, counts = unpack_bins(packed, 0)
  local zeros = 0
  for at = 1, #bins do
    if bins[at] == 0 then
      zeros = 1
    end
  end
  if #bins - zeros <= limit then
    return packed
  end
  while #bins - zeros > limit and schema > LOWEST_SCHEMA do
    schema = schema - 1
    bins, counts = widen(bins, counts, 1)
  end
  return pack_bins(schema, bins, counts)
end

-- Both added up, to the lower of their schemas.
local function merge_native(stored, packed, limit)
  local schema = struct.unpack('<i1', packed)
  local stored_schema = stored ~= '' and struct.unpack('<i1', stored) or schema
  if stored == '' then
    stored = sub(packed, 1, 1)
  elseif stored_schema > schema then
    stored = pack_bins(schema, unpack_bins(stored, stored_schema - schema))
  end
  local lower = math.min(schema, stored_schema)
  return keep_to_limit(lower, add_bins(stored, unpack_bins(packed, schema - lower)), limit)
end
