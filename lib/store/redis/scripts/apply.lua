--[[
Applies one batch of one writer: whole or not at all, and never twice.

ARGV  1  writer
      2  number of the batch: number.lua has given it
      3  '1': give the number of the next batch, which is made already
      4  '1': note new series, so that they are announced (announce.lua)
      5  families to forget first: 'all', or their number and then their names
      then number of definitions, then for each: family, shape, JSON
      then number of families to show, then for each: family, shape: what this writer has filled takes the place of what it has,
      also if that has another shape, unless this shape was replaced already
      then to the end, each opened by its code:
        'f' family shape mode   the updates that follow are this family's; mode 'add': they change what is there; 'begin',
                                'fill': they begin, or go on with, values that nobody sees before they are shown
        'a' labels delta        counter and gauge: add
        's' labels value        gauge: set
        'o' labels packed       histogram: add doubles (a count per bucket, then the sum)
        'p' labels n packed     the same where few of the n doubles change: of each its place (from 0) and what is added, in order
        'n' labels n packed native limit  native histogram: the same, and what native.lua merges, to at most so many bins
        'k' labels oldest packed  summary: merge sketch bins, forget slices before oldest
        'r' labels              remove the series
        'e' labels packed       counter and histogram, after the series' other updates: exemplars (exemplars.lua)
Returns {'applied', the next number or '' if it is not wanted, families defined here of which another shape is shown...}
        {'seen'}: it has come before, perhaps from a copy of the process
        {'behind', number of this writer's last batch that Redis knows}: Redis is older than it was, nothing is applied
        {'undefined', family...} | {'failed', family, why}: nothing is applied
        {'torn', why}: some of it is applied, and cannot be taken back
Complexity O(updates); new series may also move the at most few hundred fields of some buckets.

A family has the shape that it was defined with first. What comes with another one is kept beside it, until settle.lua shows it.
]]
local argv, argc = ARGV, #ARGV
local writers, seen, new = key_named('writers'), key_named('seen'), key_named('new')

local at = 0
local function next_argument()
  at = at + 1
  return argv[at]
end
local function next_list()
  local list = {}
  for item = 1, tonumber(next_argument()) do
    list[item] = next_argument()
  end
  return list
end

local writer, batch = next_argument(), tonumber(next_argument())
local wants_next, notes_new = next_argument() == '1', next_argument() == '1'
local clears_all, cleared = argv[5] == 'all', {}
if clears_all then
  at = 5
else
  for _, name in ipairs(next_list()) do
    cleared[name] = true
  end
end
local definitions = {}
for definition = 1, tonumber(next_argument()) do
  definitions[definition] = {name = next_argument(), shape = next_argument(), json = next_argument()}
end
local shown = {}
for show = 1, tonumber(next_argument()) do
  shown[show] = {name = next_argument(), shape = next_argument()}
end
local first_update = at + 1

local applied, issued = numbers_of(writer)
local next_number = wants_next and digits(batch + 1) or nil
if applied and applied >= batch then
  return {'seen'}
end
if (applied or 0) < batch - 1 then
  await_restoration()
  return {'behind', digits(applied or 0)}
end
local old_numbers = applied and digits(applied) .. ':' .. digits(issued)

-- Nothing is written before everything is known to fit. Of each family of the batch where its updates go: '' to what is shown,
-- otherwise beside it.
local beside, unknown = {}, {'undefined'}

local function look_up(name, shape, needs_no_definition)
  if beside[name] then
    return
  end
  local stored = not clears_all and not cleared[name] and stored_in_families(name)
  beside[name] = stored and shape_of(stored) ~= shape and beside_of(shape) or ''
  if needs_no_definition then
    return
  end
  if not stored or (beside[name] ~= '' and call('HEXISTS', families, name .. beside[name]) == 0) then
    unknown[#unknown + 1] = name
  end
end

local WIDTH = {f = 4, a = 3, s = 3, o = 3, p = 4, n = 6, k = 4, r = 2, e = 3}
-- All of them at once.
local function know_families()
  local names = {'#generation'}
  for _, list in ipairs({definitions, shown}) do
    for _, each in ipairs(list) do
      names[#names + 1] = each.name
    end
  end
  local from = first_update
  while from <= argc do
    if argv[from] == 'f' then
      names[#names + 1], names[#names + 2] = argv[from + 1], argv[from + 1] .. '#'
    end
    from = from + WIDTH[argv[from]]
  end
  know(names)
end
know_families()

for _, definition in ipairs(definitions) do
  look_up(definition.name, definition.shape, true)
end
for _, each in ipairs(shown) do
  look_up(each.name, each.shape)
end
at = first_update
while at <= argc do
  if argv[at] == 'f' then
    -- What nobody sees yet needs no definition before it is shown.
    look_up(argv[at + 1], argv[at + 2], argv[at + 3] ~= 'add')
  end
  at = at + WIDTH[argv[at]]
end
if #unknown > 1 then
  return unknown
end

local notes_series, waits, since = false, false, nil
-- Usually none.
local some_wait

-- Of a family that waits for its values from before: what was counted meanwhile stands apart too, or 'r' and that since it was
-- removed. So restore.lua knows what Redis had.
local function note_since(labels, delta)
  local old = call('HGET', since, labels)
  local value = 'r0'
  if delta then
    local mark, counted = string.match(old or '0', '^(r?)(.*)$')
    value = mark .. number(tonumber(counted) + delta)
  end
  write_field(since, labels, value, old)
end

local function store(key, field_name, labels, value, old)
  local is_new = write_field(key, field_name, value, old)
  if is_new and notes_series then
    local id = series_id(family, labels)
    local before = call('ZSCORE', new, id)
    call('ZADD', new, digits(clock()), id)
    if before then
      undo_by('ZADD', new, before, id)
    else
      undo_by('ZREM', new, id)
    end
  end
  local size = #labels + #value
  if is_new or (n == 0 and size > LARGEST_ON_SHELF) then
    make_room(key, size)
  end
end

-- Most counters count whole numbers: Redis adds these in one call, and refuses if anything else is stored. A sum that is the
-- delta itself may be of a new series.
local function add(key, field_name, labels, text)
  local delta = tonumber(text)
  if not notes_series and delta % 1 == 0 then
    local sum = redis.pcall('HINCRBY', key, field_name, text)
    if type(sum) == 'number' then
      if sum == delta and is_fresh then
        undo_by('HDEL', key, field_name)
      else
        -- Not -delta: of 0 that is -0, which Redis refuses.
        undo_by('HINCRBY', key, field_name, digits(0 - delta))
      end
      if sum == delta then
        make_room(key, #labels)
      end
      return
    end
  end
  local old = call('HGET', key, field_name)
  store(key, field_name, labels, number(tonumber(old or 0) + delta), old)
end

local function add_doubles(stored, packed)
  if not stored or #stored ~= #packed then
    return packed
  end
  local parts, position = {}, 1
  while position <= #packed do
    local count = math.min((#packed - position + 1) / 8, UNPACKED_AT_ONCE)
    local layout = '<' .. string.rep('d', count)
    local sums, more = {struct.unpack(layout, stored, position)}, {struct.unpack(layout, packed, position)}
    for i = 1, count do
      sums[i] = sums[i] + more[i]
    end
    parts[#parts + 1] = struct.pack(layout, unpack(sums, 1, count))
    position = position + count * 8
  end
  return table.concat(parts)
end

-- What does not change is copied as it is.
local function add_some_doubles(stored, n, packed)
  if not stored or #stored ~= n * 8 then
    stored = string.rep('\0', n * 8)
  end
  local parts, copied, position = {}, 0, 1
  while position <= #packed do
    local index, more
    index, more, position = struct.unpack('<I4d', packed, position)
    parts[#parts + 1] = sub(stored, copied + 1, index * 8)
    parts[#parts + 1] = struct.pack('<d', (struct.unpack('<d', stored, index * 8 + 1)) + more)
    copied = index * 8 + 8
  end
  parts[#parts + 1] = sub(stored, copied + 1)
  return table.concat(parts)
end

local function add_native(stored, n, packed, native, limit)
  local size = n * 8
  local known = stored and #stored >= size and stored or ''
  return add_some_doubles(sub(known, 1, size), n, packed) .. merge_native(sub(known, size + 1), native, limit)
end

-- Packed: sum, count, then a slice, bin and count for every bin.
local function merge_sketch(stored, packed, oldest)
  local sum, count, order, counts = 0, 0, {}, {}
  for _, part in ipairs({stored or '', packed}) do
    if #part >= 16 then
      local part_sum, part_count = struct.unpack('<dd', part)
      sum, count = sum + part_sum, count + part_count
      local position = 17
      while position <= #part do
        local slice, bin, observed
        slice, bin, observed, position = struct.unpack('<di4d', part, position)
        if slice >= oldest then
          local id = slice * 262144 + bin + 131072
          if counts[id] then
            counts[id][3] = counts[id][3] + observed
          else
            counts[id] = {slice, bin, observed}
            order[#order + 1] = id
          end
        end
      end
    end
  end
  local parts = {struct.pack('<dd', sum, count)}
  for i, id in ipairs(order) do
    parts[i + 1] = struct.pack('<di4d', unpack(counts[id]))
  end
  return table.concat(parts)
end

local function clear(name)
  local layout = layout_of(name)
  if layout then
    leave(name, layout)
  end
  drop_field(families, name)
  drop_field(families, name .. '#')
  drop_field(layouts, name)
  for _, each in ipairs(shapes_of(name)) do
    forget_beside(name, each)
    drop_field(shapes, name .. each)
  end
  waits_no_more(name)
end

-- However many families there are, it takes few commands: keys are put aside whole, and unlinked when all else is done.
local function clear_all()
  local latest = stored_in_families('#generation')
  local left, filled = garbage_of_all()
  local undone = {}
  for at = 1, #left, 2 do
    undone[#undone + 1] = left[at]
  end
  in_parts(undone, function(...)
    undo_by('HDEL', garbage, ...)
  end)
  in_parts(left, function(...)
    call('HSET', garbage, ...)
  end)
  for _, name in ipairs(call('HKEYS', restore)) do
    unlinked_last[#unlinked_last + 1] = key_named('since:') .. name
  end
  for _, key in ipairs({families, layouts, shapes, restore}) do
    put_aside(key)
  end
  -- Of the new hash nothing has to be undone: the old one takes its place again.
  filled[#filled + 1], filled[#filled + 2] = '#format', FORMAT
  if latest then
    filled[#filled + 1], filled[#filled + 2] = '#generation', latest
  end
  for _, definition in ipairs(definitions) do
    filled[#filled + 1], filled[#filled + 2] = definition.name, definition.shape .. '\n' .. definition.json
  end
  in_parts(filled, function(...)
    call('HSET', families, ...)
  end)
  write_field(restore, '*', '1', false)
end

local has_shapes = #definitions > 0 and call('EXISTS', shapes) == 1

local function define_beside(name, stored)
  if write_field(families, name .. beside[name], stored, stored_in_families(name .. beside[name])) then
    -- Whoever has the shape that is shown gets the time to say so.
    note_shape(name, beside_of(shape_of(stored_in_families(name))))
  end
  note_shape(name, beside[name])
end

local function define(definition)
  local name, json = definition.name, definition.json
  local stored = definition.shape .. '\n' .. json
  if beside[name] ~= '' then
    return define_beside(name, stored)
  end
  if has_shapes and call('HEXISTS', shapes, name .. beside_of(definition.shape)) == 1 then
    note_shape(name, beside_of(definition.shape))
  end
  local is_new = write_field(families, name, stored, stored_in_families(name))
  local layout = is_new and call('HGET', layouts, name)
  if layout then
    write_field(families, name .. '#', layout, false)
  end
  if not is_new or not string.find(json, '"prefetch":true', 1, true) then
    return
  end
  if call('HEXISTS', restore, '*') == 0 and call('HEXISTS', restore, name .. '*') == 0 then
    write_field(restore, name, digits(clock()), call('HGET', restore, name))
  end
end

-- One write: whoever reads sees the values from before it, or those after it.
local function show(name)
  local hidden = drop_field(families, name .. '#' .. writer)
  if not hidden then
    return
  end
  if beside[name] == '' then
    show_layout(name, hidden)
    return
  end
  local old = drop_field(families, name .. '#' .. beside[name])
  if old then
    leave(name, old)
  end
  write_field(families, name .. '#' .. beside[name], hidden, false)
  if not was_replaced(name, beside[name]) then
    show_shape(name, beside[name])
    beside[name] = ''
  end
end

local function begin(name)
  local abandoned = stored_in_families(name .. '#' .. writer)
  if abandoned then
    leave(name, abandoned)
  end
  family, field = name, name .. '#' .. writer
  begin_generation()
  begin_bucket()
  write_layout()
  layout_is_new, is_fresh = false, true
end

-- Of the labels and the value of the update.
local function size_of(code)
  local labels = #argv[at + 1]
  if code == 'o' then
    return labels + #argv[at + 2]
  elseif code == 'p' then
    return labels + tonumber(argv[at + 2]) * 8
  elseif code == 'n' then
    return labels + tonumber(argv[at + 2]) * 8 + #argv[at + 4]
  end
  return labels + (code == 'k' and #argv[at + 3] or 0)
end

local current
-- Key -> fields of the series that were removed.
local removed = {}
local function update()
  at = first_update
  while at <= argc do
    local code = argv[at]
    if code == 'f' then
      current = argv[at + 1]
      local mode = argv[at + 3]
      if mode == 'begin' then
        begin(current)
      else
        open(current, mode == 'fill' and writer or beside[current])
      end
      local is_shown = beside[current] == ''
      since = key_named('since:') .. current
      if some_wait == nil then
        some_wait = call('EXISTS', restore) == 1
      end
      waits = mode == 'add' and is_shown and some_wait and call('HEXISTS', restore, current) == 1
      notes_series = notes_new and is_shown and sub(argv[at + 2], 1, 5) ~= 'gauge'
    elseif code == 'e' then
      note_exemplars(argv[at + 1], argv[at + 2])
    else
      local labels = argv[at + 1]
      local key, field_name = place(labels, size_of(code))
      if code == 'a' then
        add(key, field_name, labels, argv[at + 2])
      elseif code == 'r' then
        drop_field(key, field_name)
        removed[key] = removed[key] or {}
        table.insert(removed[key], field_name)
        forget_exemplars(labels)
      else
        local old = call('HGET', key, field_name)
        local value
        if code == 's' then
          value = number(tonumber(argv[at + 2]))
        elseif code == 'o' then
          value = add_doubles(old, argv[at + 2])
        elseif code == 'p' then
          value = add_some_doubles(old, tonumber(argv[at + 2]), argv[at + 3])
        elseif code == 'n' then
          value = add_native(old, tonumber(argv[at + 2]), argv[at + 3], argv[at + 4], tonumber(argv[at + 5]))
        else
          value = merge_sketch(old, argv[at + 3], tonumber(argv[at + 2]))
        end
        store(key, field_name, labels, value, old)
      end
      if waits and (code == 'a' or code == 'r') then
        note_since(labels, code == 'a' and tonumber(argv[at + 2]) or nil)
      end
    end
    at = at + WIDTH[code]
  end
  current = nil
end

local failure, is_torn = whole(function()
  if clears_all then
    clear_all()
  end
  for name in pairs(cleared) do
    clear(name)
    write_field(restore, name .. '*', '1', call('HGET', restore, name .. '*'))
  end
  if not clears_all and not stored_format then
    write_field(families, '#format', FORMAT, false)
  end
  if not stored_format and call('HEXISTS', STARTED, '#') == 0 then
    write_field(STARTED, '#', starts_lost(), false)
  end
  for _, definition in ipairs(clears_all and {} or definitions) do
    define(definition)
  end
  update()
  for key, fields in pairs(removed) do
    drop_starts(key, fields)
  end
  for _, each in ipairs(shown) do
    show(each.name)
  end
  local latest = call('ZREVRANGE', seen, 0, 0, 'WITHSCORES')[2]
  call('ZADD', seen, digits(math.max(clock(), tonumber(latest or 0))), writer)
  write_field(writers, writer, digits(batch) .. ':' .. (next_number or digits(batch)), old_numbers)
end)
if is_torn then
  redis.pcall('HSET', writers, writer, digits(batch) .. ':' .. digits(batch))
  return {'torn', failure}
end
if failure and current and string.find(failure, 'WRONGTYPE', 1, true) then
  return {'failed', current, failure}
end
if failure then
  return redis.error_reply(failure)
end
local reply = {'applied', next_number or ''}
for _, definition in ipairs(definitions) do
  if beside[definition.name] ~= '' then
    reply[#reply + 1] = definition.name
  end
end
return reply
