--[[
Stands before every script: what all of them share. A Redis script cannot load another one.

KEYS  1  hash   holds the number of the format under '#format': `families` of a group, `about` of what all groups share
      2  base   prefix of all other keys, in the same hash slot; not a key itself. While Redis Cluster moves a slot, it runs
                no script of which a key is missing: with this one none runs where half of the data has gone already
Where each key is, and what it holds: docs/redis-format.md
]]
local FORMAT = '2'

local stored_format = redis.call('HGET', KEYS[1], '#format')
if stored_format ~= FORMAT and (stored_format or redis.call('EXISTS', KEYS[1]) == 1) then
  return redis.error_reply('FORMAT ' .. (stored_format or '1'))
end

local function key_named(name)
  return KEYS[2] .. name
end

-- Before the first write.
local function note_format()
  if not stored_format then
    redis.call('HSET', KEYS[1], '#format', FORMAT)
  end
end

-- The server's clock in milliseconds.
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- A whole number with all its digits: Lua writes a large one as 1.7e+12.
local function digits(number)
  return string.format('%.0f', number)
end

-- One name for one series of a group. No name of a family has a brace.
local function series_id(family, labels)
  return family .. '{' .. labels
end

-- A family's series are spread over buckets by linear hashing (Litwin 1980). The highest power of two up to n.
local function power_of(n)
  local power = 1
  while power * 2 <= n do
    power = power * 2
  end
  return power
end

-- The bucket of a hash among n buckets.
local function address(hash, n, power)
  local bucket = hash % (power * 2)
  return bucket < n and bucket or hash % power
end

local function hash_of(labels)
  return tonumber(string.sub(redis.sha1hex(labels), 1, 8), 16)
end

local function bucket_count(family)
  return tonumber(redis.call('HGET', key_named('buckets'), family) or 1)
end

local function bucket_key(family, bucket)
  return key_named('series:') .. family .. ':' .. bucket
end

local function unlink_series(family)
  for bucket = 0, bucket_count(family) - 1 do
    redis.call('UNLINK', bucket_key(family, bucket))
  end
end

local function family_names()
  local names = redis.call('HKEYS', KEYS[1])
  for at = #names, 1, -1 do
    if string.sub(names[at], 1, 1) == '#' then
      table.remove(names, at)
    end
  end
  return names
end
