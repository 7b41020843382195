#include "ocpp/tag_cache.h"

#include "store/record.h"

namespace evse::ocpp {

namespace {

int address(int slot) { return kCacheAt + slot * kCacheSlotBytes; }

}  // namespace

bool TagCache::read(int slot, TagInfo& tag, uint32_t& age) {
  uint8_t data[kCacheSlotBytes];
  if (!fram_.read(address(slot), data, kCacheSlotBytes)) return false;
  BytesIn check(data + kCacheSlotBytes - 4);
  if (check.u32() != store::crc32(data, kCacheSlotBytes - 4)) return false;
  BytesIn in(data);
  age = in.u32();
  decode(in, tag);
  return age != 0;
}

bool TagCache::erase(int slot) {
  const uint8_t nothing[kCacheSlotBytes] = {};
  return fram_.write(address(slot), nothing, kCacheSlotBytes);
}

void TagCache::power_on() {
  TagInfo tag;
  uint32_t age = 0;
  for (int slot = 0; slot < kCacheTags; ++slot) {
    if (read(slot, tag, age) && age >= next_age_) next_age_ = age + 1;
  }
}

bool TagCache::find(const char* tag, TagInfo& found) {
  uint32_t age = 0;
  for (int slot = 0; slot < kCacheTags; ++slot) {
    if (read(slot, found, age) && found.tag.is(tag)) return true;
  }
  return false;
}

void TagCache::learn(const TagInfo& tag) {
  int place = 0;
  uint32_t oldest = UINT32_MAX;
  for (int slot = 0; slot < kCacheTags; ++slot) {
    TagInfo each;
    uint32_t age = 0;
    if (!read(slot, each, age)) {
      age = 0;  // free: better than any, but for the tag's own place
    } else if (each.tag.is(tag.tag.get())) {
      place = slot;
      break;
    }
    if (age < oldest) {
      oldest = age;
      place = slot;
    }
  }
  uint8_t data[kCacheSlotBytes];
  BytesOut out(data);
  out.u32(next_age_++);
  encode(tag, out);
  out.u32(store::crc32(data, kCacheSlotBytes - 4));
  fram_.write(address(place), data, kCacheSlotBytes);
}

void TagCache::forget(const char* tag) {
  TagInfo each;
  uint32_t age = 0;
  for (int slot = 0; slot < kCacheTags; ++slot) {
    if (read(slot, each, age) && each.tag.is(tag)) erase(slot);
  }
}

bool TagCache::clear() {
  bool cleared = true;
  for (int slot = 0; slot < kCacheTags; ++slot) cleared = erase(slot) && cleared;
  return cleared;
}

}  // namespace evse::ocpp
