--[[
Unlinks what replaced or cleared generations have left, some hashes at a time; and what a writer began to fill an hour ago and
has never shown: it died.

ARGV  1  how long ago it must have been left, in milliseconds: a reading that has begun before still needs it
      2  how many hashes to unlink at the most
      3  the caller's clock in milliseconds
Returns 1 if there is more to do now, else 0
Complexity O(hashes unlinked + garbage).
]]
local ABANDONED_AFTER_MS = 3600 * 1000
-- To look through a shelf is as much work as to unlink this many hashes.
local SHELF_WEIGHT = 10

local garbage, left = key_named('garbage'), tonumber(ARGV[2])
local now = clock()
local past = surely_past(now, ARGV[3])
local fields = redis.call('HGETALL', KEYS[1])
for at = 1, #fields, 2 do
  local family = string.match(fields[at], '^([^#]+)#[^@]')
  if family then
    -- Generations are named by the time when they began.
    local generation, n = parts_of(fields[at + 1])
    if stored_time(generation, now) < past - ABANDONED_AFTER_MS then
      redis.call('HSET', garbage, family .. ':' .. generation, garbage_entry(n, '', digits(now)))
      redis.call('HDEL', KEYS[1], fields[at])
    end
  end
end

-- Of a family that shares a hash with others.
local function clear_shelf(shelf, family, generation)
  local prefix, fields = shelf_field(family, generation, ''), {}
  for _, field in ipairs(redis.call('HKEYS', shelf_key(shelf))) do
    if string.sub(field, 1, #prefix) == prefix then
      fields[#fields + 1] = field
    end
  end
  left = left - SHELF_WEIGHT
  forget_starts(shelf_key(shelf), fields)
  in_parts(fields, function(...)
    redis.call('HDEL', shelf_key(shelf), ...)
  end)
end

local entries = redis.call('HGETALL', garbage)
for at = 1, #entries, 2 do
  local family, generation = string.match(entries[at], '^(.*):(%d+)$')
  local n, since, shelf = string.match(entries[at + 1], '^(%d+):(%d+):?(.*)$')
  n = tonumber(n)
  if stored_time(since, now) <= past - tonumber(ARGV[1]) then
    if left <= 0 then
      return 1
    end
    if n == 0 then
      clear_shelf(shelf, family, generation)
    end
    while n > 0 and left > 0 do
      n, left = n - 1, left - 1
      redis.call('UNLINK', buckets_of(family, generation) .. n)
      redis.call('HDEL', STARTED, to_start_name(buckets_of(family, generation) .. n))
    end
    if n > 0 then
      redis.call('HSET', garbage, entries[at], n .. ':' .. since)
      return 1
    end
    if family ~= SHELVES then
      redis.call('UNLINK', exemplars_of(family, generation))
      redis.call('HDEL', KEYS[1], exemplars_mark(family, generation))
    end
    redis.call('HDEL', garbage, entries[at])
  elseif tonumber(since) > now then
    redis.call('HSET', garbage, entries[at], garbage_entry(n, shelf, digits(now)))
  end
end
return 0
