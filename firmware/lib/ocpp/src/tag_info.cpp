#include "ocpp/tag_info.h"

#include "ocpp/utc.h"

namespace evse::ocpp {

TagStatus tag_status(const char* name) {
  if (equal(name, "Accepted")) return TagStatus::Accepted;
  if (equal(name, "Blocked")) return TagStatus::Blocked;
  if (equal(name, "Expired")) return TagStatus::Expired;
  if (equal(name, "ConcurrentTx")) return TagStatus::ConcurrentTx;
  return TagStatus::Invalid;
}

bool read_tag_info(const Json* info, TagInfo& tag) {
  tag.status = tag_status(text_of(info, "status"));
  tag.parent_tag.set(text_of(info, "parentIdTag"));
  tag.expiry_utc_us = 0;
  const char* expiry = text_of(info, "expiryDate");
  return *expiry == '\0' || parse_utc(expiry, tag.expiry_utc_us);
}

void encode(const TagInfo& tag, BytesOut& out) {
  out.u8(static_cast<uint8_t>(tag.status)).text(tag.tag).text(tag.parent_tag);
  out.i64(tag.expiry_utc_us);
}

void decode(BytesIn& in, TagInfo& tag) {
  tag.status = static_cast<TagStatus>(in.u8());
  in.text(tag.tag);
  in.text(tag.parent_tag);
  tag.expiry_utc_us = in.i64();
}

}  // namespace evse::ocpp
