--[[
Stands before the scripts that change series: where a series is, and changes that can be taken back.
]]
local BUCKET_SIZE = 128
-- Buckets fill up at about the same time: were each split at once, hundreds would be in one call. A call of 200 new series
-- needs two on average, so those that wait are soon caught up with.
local SPLITS_AT_ONCE = 4
-- A shelf takes no new family when it has this many series. Past the second number its largest families move to buckets of their own.
-- So does one with a series that is so large.
local SHELF_SIZE, FULL_SHELF_SIZE = 64, 128
local LARGEST_ON_SHELF = 512

-- A global is looked up at each use, and the loops below go round hundreds of times.
local tonumber, call, sub, format = tonumber, redis.call, string.sub, string.format
local families, layouts, restore, garbage = KEYS[1], key_named('layouts'), key_named('restore'), key_named('garbage')
local shapes = key_named('shapes')

-- Commands that undo what was done, the last one first.
local journal, journal_size = {}, 0
local function undo_by(...)
  journal_size = journal_size + 1
  journal[journal_size] = {...}
end

-- Fields of `families` that this call has read or written: false where there is none.
local known = {}
local function know(names)
  in_parts(names, function(...)
    local asked, found = {...}, call('HMGET', families, ...)
    for at = 1, #asked do
      known[asked[at]] = found[at]
    end
  end)
end
local function stored_in_families(name)
  if known[name] == nil then
    known[name] = call('HGET', families, name)
  end
  return known[name]
end

-- Writes a field. `old` is what it held, false if nothing.
local function write_field(key, field, value, old)
  local is_new = call('HSET', key, field, value) == 1
  if key == families then
    known[field] = value
  end
  if old then
    undo_by('HSET', key, field, old)
  else
    undo_by('HDEL', key, field)
  end
  return is_new
end

local function drop_field(key, field)
  local old = call('HGET', key, field)
  if old then
    call('HDEL', key, field)
    undo_by('HSET', key, field, old)
  end
  if key == families then
    known[field] = false
  end
  return old
end

-- Done when all else is: an unlinked key does not come back.
local unlinked_last = {}

-- Runs `change`, whole or not at all: what a failing one has done is undone. Returns nil, or why it failed and, if even the
-- undoing failed, true.
local function whole(change)
  local is_done, failure = pcall(change)
  if is_done then
    for _, key in ipairs(unlinked_last) do
      redis.pcall('UNLINK', key)
    end
    return nil
  end
  local is_torn = false
  for at = journal_size, 1, -1 do
    local reply = redis.pcall(unpack(journal[at]))
    is_torn = is_torn or (type(reply) == 'table' and reply.err ~= nil)
  end
  return type(failure) == 'table' and failure.err or tostring(failure), is_torn
end

-- The generation that changes go to: see `open`.
local family, field, generation, n, power, seed, base
local layout_is_new = false
-- Whether it began in this call.
local is_fresh = false

local function write_layout()
  local layout = generation .. ':' .. n .. ':' .. seed
  write_field(families, field, layout, stored_in_families(field))
  if field == family .. '#' then
    write_field(layouts, family, layout, call('HGET', layouts, family))
  end
end

local function begin_bucket()
  n, power, seed = 1, 1, sub(redis.sha1hex(generation .. field .. tostring(ARGV[1])), 1, 12)
  base = buckets_of(family, generation)
end

-- Generations only rise, also if the clock is set back, or the latest of them is lost.
local function begin_generation()
  local latest = stored_in_families('#generation')
  generation = digits(math.max(clock(), tonumber(latest or 0) + 1))
  write_field(families, '#generation', generation, latest)
end

-- The latest shelf of the group, or a new one.
local function begin_on_shelf()
  local stored = stored_in_families('#shelves')
  local epoch, count = string.match(stored or '', '^(%d+):(%d+)$')
  epoch, count = epoch or generation, tonumber(count or 0)
  if count == 0 or call('HLEN', shelf_key(epoch .. ':' .. digits(count - 1))) >= SHELF_SIZE then
    count = count + 1
    write_field(families, '#shelves', epoch .. ':' .. digits(count), stored)
  end
  n, seed = 0, epoch .. ':' .. digits(count - 1)
end

-- Of a family the generation that is shown, or another one: the name of a writer that fills it, or `beside_of` a shape. The
-- first series makes it.
local function open(name, other)
  family, field = name, name .. '#' .. (other or '')
  local layout = stored_in_families(field) or (field == name .. '#' and call('HGET', layouts, name))
  layout_is_new, is_fresh = not layout, false
  if layout then
    generation, n, seed = parts_of(layout)
    power, base = power_of(n), buckets_of(family, generation)
  end
end

-- The hash and the field of a series of the family that is open. `size`: of its labels and value, as far as that is known.
local function place(labels, size)
  if layout_is_new then
    is_fresh = true
    begin_generation()
    -- What is not shown yet may become large in one call.
    if field == family .. '#' and size <= LARGEST_ON_SHELF then
      begin_on_shelf()
    else
      begin_bucket()
    end
    write_layout()
    layout_is_new = false
  end
  if n == 0 then
    return shelf_key(seed), shelf_field(family, generation, labels)
  elseif n == 1 then
    return base .. '0', labels
  end
  return base .. address(hash_of(seed, labels), n, power), labels
end

-- The series on a shelf by family, those of former generations left out: they are swept. The families with most series come first.
local function families_on(shelf)
  local fields, by_name, list = call('HGETALL', shelf_key(shelf)), {}, {}
  for at = 1, #fields, 2 do
    local name, of, labels = string.match(fields[at], '^([^{]*):(%d+){(.*)$')
    local each = by_name[name]
    if not each then
      each = {name = name, layouts = {}, series = {}}
      by_name[name], list[#list + 1] = each, each
    end
    each.series[#each.series + 1] = {of = of, field = fields[at], labels = labels, value = fields[at + 1]}
  end
  local fields_of_layouts = {}
  for _, each in ipairs(list) do
    fields_of_layouts[#fields_of_layouts + 1] = each.name .. '#'
  end
  know(fields_of_layouts)
  for _, each in ipairs(list) do
    local shown, buckets, place_of_it = parts_of(stored_in_families(each.name .. '#') or '')
    local current = {}
    for _, one in ipairs(each.series) do
      if buckets == 0 and place_of_it == shelf and one.of == shown then
        current[#current + 1] = one
      end
    end
    each.series = current
  end
  table.sort(list, function(one, other)
    if #one.series ~= #other.series then
      return #one.series > #other.series
    end
    return one.name < other.name
  end)
  return list, #fields / 2
end

-- Changes the starts of the series in a hash; `change` gets the text, and gives another one.
local function change_starts(key, change)
  local name = to_start_name(key)
  local stored = call('HGET', STARTED, name)
  if stored then
    local changed = change(stored)
    if changed == '' then
      drop_field(STARTED, name)
    elseif changed ~= stored then
      write_field(STARTED, name, changed, stored)
    end
  end
end

-- Series that come again begin again.
local function drop_starts(key, fields)
  change_starts(key, function(packed)
    for _, each in ipairs(fields) do
      packed = with_start(packed, start_hash(each), nil)
    end
    return packed
  end)
end

-- Series go from one hash to another: `from_fields` and `to_fields` are what their fields are called there.
local function move_starts(from, from_fields, to, to_fields)
  change_starts(from, function(packed)
    local moved = {}
    for at, from_field in ipairs(from_fields) do
      local hash = start_hash(from_field)
      local time = start_in(packed, hash)
      if time then
        moved[#moved + 1] = start_hash(to_fields[at]) .. time
        packed = with_start(packed, hash, nil)
      end
    end
    if #moved > 0 then
      write_field(STARTED, to_start_name(to), table.concat(moved), false)
    end
    return packed
  end)
end

-- To a bucket of its own: the copies first, then the layout, by which they are found.
local function move_to_bucket(each, from)
  local moved, back, left, labels = {}, {}, {}, {}
  for at, one in ipairs(each.series) do
    labels[at] = one.labels
    moved[2 * at - 1], moved[2 * at] = one.labels, one.value
    back[2 * at - 1], back[2 * at] = one.field, one.value
    left[at] = one.field
  end
  family, field, generation = each.name, each.name .. '#', each.series[1].of
  begin_bucket()
  undo_by('UNLINK', base .. '0')
  in_parts(moved, function(...) call('HSET', base .. '0', ...) end)
  move_starts(from, left, base .. '0', labels)
  write_layout()
  in_parts(back, function(...) undo_by('HSET', from, ...) end)
  in_parts(left, function(...) call('HDEL', from, ...) end)
end

-- Makes room on the shelf of the family that is open. Its largest families move, all in one pass, until there is room for others; or
-- only the open one, if that has something large.
local function clear_out(must_leave)
  local name, shelf = family, seed
  local list, left = families_on(shelf)
  for _, each in ipairs(list) do
    local has_to = must_leave and each.name == name
    if #each.series > 0 and (has_to or (not must_leave and left > SHELF_SIZE)) then
      left = left - #each.series
      move_to_bucket(each, shelf_key(shelf))
    end
  end
  open(name)
end

-- Adds one bucket and moves to it what belongs there: the copies first, then the number of buckets, by which they are found.
local function split()
  local from, to = base .. (n - power), base .. n
  local new_power = power_of(n + 1)
  local fields = call('HGETALL', from)
  local moved, left = {}, {}
  for at = 1, #fields, 2 do
    if address(hash_of(seed, fields[at]), n + 1, new_power) == n then
      moved[#moved + 1], moved[#moved + 2] = fields[at], fields[at + 1]
      left[#left + 1] = fields[at]
    end
  end
  undo_by('UNLINK', to)
  in_parts(moved, function(...) call('HSET', to, ...) end)
  move_starts(from, left, to, left)
  n, power = n + 1, new_power
  write_layout()
  in_parts(moved, function(...) undo_by('HSET', from, ...) end)
  in_parts(left, function(...) call('HDEL', from, ...) end)
end

local splits = 0
local function make_room(key, size)
  if splits >= SPLITS_AT_ONCE then
    return
  end
  local is_large = n == 0 and size > LARGEST_ON_SHELF
  if is_large or call('HLEN', key) > (n == 0 and FULL_SHELF_SIZE or BUCKET_SIZE) then
    splits = splits + 1
    if n == 0 then
      clear_out(is_large)
    else
      split()
    end
  end
end

-- As the exposition shows it, in as few digits as bring the double back as it was: read.lua passes it on.
local function number(value)
  if value ~= value then
    return 'NaN'
  elseif value == math.huge then
    return '+Inf'
  elseif value == -math.huge then
    return '-Inf'
  end
  local text = format('%.15g', value)
  if (value % 1 == 0 and value < 1e15 and value > -1e15) or tonumber(text) == value then
    return text
  end
  text = format('%.16g', value)
  return tonumber(text) == value and text or format('%.17g', value)
end

-- Takes a key away whole, so that it can be brought back.
local function put_aside(key)
  if call('EXISTS', key) == 0 then
    undo_by('UNLINK', key)
    return
  end
  local aside = key .. ':aside'
  call('RENAME', key, aside)
  if key == families then
    known = {}
  end
  undo_by('RENAME', aside, key)
  unlinked_last[#unlinked_last + 1] = aside
end

-- The family's generation is left behind: it is unlinked when no reading needs it any more (sweep.lua).
local function leave(of, layout)
  local left, buckets, seed_or_shelf = parts_of(layout)
  write_field(garbage, of .. ':' .. left, garbage_entry(buckets, seed_or_shelf, digits(clock())), false)
end

local function waits_no_more(name)
  drop_field(restore, name)
  unlinked_last[#unlinked_last + 1] = key_named('since:') .. name
end

-- Other values take the place of those that are shown: none if there is no layout.
local function show_layout(name, layout)
  local old = layout_of(name)
  if old then
    leave(name, old)
  end
  waits_no_more(name)
  drop_field(families, name .. '#')
  drop_field(layouts, name)
  if layout then
    write_field(layouts, name, layout, false)
    write_field(families, name .. '#', layout, false)
  end
end

-- `beside_of` each shape of a family that has had more than one.
local function shapes_of(name)
  local found = {}
  for _, each in ipairs(call('HKEYS', shapes)) do
    local of, beside = string.match(each, '^([^@]*)(@.*)$')
    if of == name then
      found[#found + 1] = beside
    end
  end
  return found
end

-- When a living process last had the shape, and when another one took its place: 0 if none has.
local function times_of_shape(name, beside)
  local said, replaced = string.match(call('HGET', shapes, name .. beside) or '0:0', '^(%d+):(%d+)$')
  return tonumber(said), tonumber(replaced)
end

local function was_replaced(name, beside)
  local _, replaced = times_of_shape(name, beside)
  return replaced > 0
end

-- A living process has the shape.
local function note_shape(name, beside)
  local _, replaced = times_of_shape(name, beside)
  write_field(shapes, name .. beside, digits(clock()) .. ':' .. digits(replaced), call('HGET', shapes, name .. beside))
end

local function forget_beside(name, beside)
  drop_field(families, name .. beside)
  local layout = drop_field(families, name .. '#' .. beside)
  if layout then
    leave(name, layout)
  end
end

-- What waits beside a family takes its place. That goes one way: all other shapes are noted as replaced.
local function show_shape(name, beside)
  local stored, layout = drop_field(families, name .. beside), drop_field(families, name .. '#' .. beside)
  local now = digits(clock())
  for _, each in ipairs(shapes_of(name)) do
    local said = times_of_shape(name, each)
    local replaced = each == beside and '0' or now
    write_field(shapes, name .. each, digits(said) .. ':' .. replaced, call('HGET', shapes, name .. each))
  end
  write_field(families, name, stored, stored_in_families(name))
  show_layout(name, layout)
end
