#include "ocpp/local_list.h"

#include "ocpp/charge_point.h"

namespace evse::ocpp {

void LocalList::power_on() {
  uint8_t data[kListHeadBytes];
  if (!head_.load(data)) return;
  BytesIn in(data);
  version_ = in.i32();
  count_ = in.u8();
  bank_ = in.u8() & 1;
  if (count_ > kListTags) count_ = 0;
}

bool LocalList::enabled() const {
  return cp_.settings.profiles.local_list && cp_.configuration.on(Key::LocalAuthListEnabled);
}

bool LocalList::read(int bank, int index, TagInfo& tag) {
  uint8_t data[kTagEntryBytes];
  const int at = kListAt + (bank * kListTags + index) * kTagEntryBytes;
  if (!fram_.read(at, data, kTagEntryBytes)) return false;
  BytesIn in(data);
  decode(in, tag);
  return true;
}

bool LocalList::write(int bank, int index, const TagInfo& tag) {
  uint8_t data[kTagEntryBytes];
  BytesOut out(data);
  encode(tag, out);
  const int at = kListAt + (bank * kListTags + index) * kTagEntryBytes;
  return fram_.write(at, data, kTagEntryBytes);
}

bool LocalList::find(const char* tag, TagInfo& found) {
  if (!enabled()) return false;
  for (int i = 0; i < count_; ++i) {
    if (read(bank_, i, found) && found.tag.is(tag)) return true;
  }
  return false;
}

// -1 where there is no list, 0 where it is empty (OCPP 1.6 5.10).
void LocalList::get_version(const MessageId& id) {
  cp_.calls.result(id).integer("listVersion", !enabled() ? -1 : count_ == 0 ? 0 : version_);
  cp_.calls.finish();
}

void LocalList::send(const MessageId& id, const Json* payload) {
  if (!enabled()) {
    cp_.calls.status(id, "NotSupported");
    return;
  }
  const char* why = "";
  const bool full = equal(text_of(payload, "updateType"), "Full");
  const char* status = update(integer_of(payload, "listVersion"), full,
                              field(payload, "localAuthorizationList"), why);
  if (!equal(status, "Accepted")) cp_.event(0, Text<80>("local list not taken: ").add(why));
  cp_.calls.status(id, status);
}

bool LocalList::check(bool full, const Json* entries, const char*& why) {
  if (size_of(entries) > kListTags) {
    why = "too many tags at once";
    return false;
  }
  for (const Json* each = first_of(entries); each != nullptr; each = each->next()) {
    const Json* info = field(each, "idTagInfo");
    TagInfo ignored;
    if (info == nullptr && full) why = "nothing is said of a tag";
    if (info != nullptr && !read_tag_info(info, ignored)) why = "an expiryDate is no time";
    for (const Json* other = each->next(); other != nullptr; other = other->next()) {
      if (equal_folded(text_of(each, "idTag"), text_of(other, "idTag"))) why = "a tag is twice";
    }
    if (*why != '\0') return false;
  }
  return true;
}

const char* LocalList::update(int32_t version, bool full, const Json* entries,
                              const char*& why) {
  if (version <= 0) {
    why = "a version is above 0";  // 0 and -1 mean no list (5.10)
    return "Failed";
  }
  if (!full && version <= version_) {
    why = "that version is here already";
    return "VersionMismatch";
  }
  if (!check(full, entries, why)) return "Failed";
  const int other = 1 - bank_;
  int count = 0;
  bool written = true;
  const auto put = [&](const TagInfo& tag) {
    if (count < kListTags) written = write(other, count, tag) && written;
    ++count;
  };
  for (int i = 0; !full && i < count_; ++i) {
    TagInfo tag;
    written = read(bank_, i, tag) && written;
    bool replaced = false;
    for (const Json* each = first_of(entries); each != nullptr; each = each->next()) {
      replaced = replaced || tag.tag.is(text_of(each, "idTag"));
    }
    if (!replaced) put(tag);
  }
  for (const Json* each = first_of(entries); each != nullptr; each = each->next()) {
    const Json* info = field(each, "idTagInfo");
    if (info == nullptr) continue;
    TagInfo tag;
    tag.tag.set(text_of(each, "idTag"));
    read_tag_info(info, tag);
    put(tag);
  }
  if (count > kListTags) {
    why = "more tags than LocalAuthListMaxLength";
    return "Failed";
  }
  uint8_t head[kListHeadBytes];
  BytesOut(head).i32(version).u8(static_cast<uint8_t>(count)).u8(static_cast<uint8_t>(other));
  if (!written || !head_.save(head)) {
    why = "the memory fails";
    return "Failed";
  }
  version_ = version;
  count_ = count;
  bank_ = other;
  // What is in the list has no business in the cache (OCPP 1.6 3.5.3).
  for (const Json* each = first_of(entries); each != nullptr; each = each->next()) {
    if (field(each, "idTagInfo") != nullptr) cp_.cache.forget(text_of(each, "idTag"));
  }
  return "Accepted";
}

}  // namespace evse::ocpp
