#include "ocpp/log_upload.h"

#include "ocpp/charge_point.h"
#include "ocpp/utc.h"

namespace evse::ocpp {

namespace {

// How often to look at what goes on elsewhere.
constexpr uint64_t kLookUs = kSecondUs / 10;
// Of one poll.
constexpr int kLinesAtOnce = 8;

}  // namespace

LogUpload::LogUpload(ChargePoint& cp, hal::Fram& fram)
    : diagnostics_progress(cp, fram, Action::DiagnosticsStatusNotification, 2),
      log_progress(cp, fram, Action::LogStatusNotification, 3),
      cp_(cp),
      fram_(fram),
      record_(fram, kLogOrderAt, kLogOrderBytes),
      text_(cp) {}

void LogUpload::power_on() {
  diagnostics_progress.power_on();
  log_progress.power_on();
  uint8_t data[kLogOrderBytes];
  if (!record_.load(data)) return;
  BytesIn in(data);
  const uint8_t what = in.u8();
  order_.by = static_cast<Ordered>(what & 3u);
  order_.kind = (what & 4u) != 0 ? LogKind::Security : LogKind::Diagnostics;
  order_.request.given = in.u8() != 0;
  order_.request.id = in.i32();
  order_.since_utc_us = in.i64();
  order_.until_utc_us = in.i64();
  order_.utc_us = in.i64();
  order_.attempts_left = in.i32();
  order_.retry_interval_s = in.i32();
  location_crc_ = in.u32();
  if (order_.by == Ordered::None) return;
  // One that the power has interrupted is tried once more; not what restarts the charger.
  if (order_.attempts_left < 0) {
    failed(false);
  } else {
    pause_.set(cp_.now_us);
  }
}

bool LogUpload::save(const Order& order) {
  const unsigned kind = order.kind == LogKind::Security ? 4u : 0u;
  uint8_t data[kLogOrderBytes];
  BytesOut(data)
      .u8(static_cast<uint8_t>(static_cast<unsigned>(order.by) | kind))
      .u8(order.request.given ? 1 : 0)
      .i32(order.request.id)
      .i64(order.since_utc_us)
      .i64(order.until_utc_us)
      .i64(order.utc_us)
      .i32(order.attempts_left)
      .i32(order.retry_interval_s)
      .u32(location_crc_);
  if (record_.save(data)) return true;
  cp_.event(0, "the memory fails: order of a log");
  return false;
}

bool LogUpload::load_location(Location& location) {
  uint8_t data[kLogLocationBytes];
  if (!fram_.read(kLogLocationAt, data, kLogLocationBytes)) return false;
  const int size = data[0] | data[1] << 8;
  if (size > kLocation || store::crc32(data, size + 2) != location_crc_) return false;
  location.clear();
  location.add(reinterpret_cast<const char*>(data + 2), size);
  return true;
}

// --- what the central system says ---

bool LogUpload::read_span(const Json* from, const char* since, const char* until,
                          Order& order) const {
  return (field(from, since) == nullptr || parse_utc(text_of(from, since), order.since_utc_us)) &&
         (field(from, until) == nullptr || parse_utc(text_of(from, until), order.until_utc_us));
}

void LogUpload::get_diagnostics(const MessageId& id, const Json* payload) {
  Order order;
  order.by = Ordered::Diagnostics;
  order.utc_us = cp_.utc_us();
  order.attempts_left = attempts_of(payload);
  order.retry_interval_s = retry_interval_s_of(payload);
  const char* location = text_of(payload, "location");
  if (strlen(location) > static_cast<size_t>(kLocation)) {
    cp_.calls.refuse(id, kPropertyConstraintViolation, "location: longer than 512 bytes");
    return;
  }
  if (!read_span(payload, "startTime", "stopTime", order)) {
    cp_.calls.refuse(id, kPropertyConstraintViolation, "startTime or stopTime: no time");
    return;
  }
  const bool taken = order_.by != Ordered::Log && take(order, location);
  JsonWriter& out = cp_.calls.result(id);
  // Without a name there is nothing to be had (OCPP 1.6 6.26).
  if (taken) out.text("fileName", name(order).get());
  cp_.calls.finish();
  if (taken) {
    diagnostics_progress.set(JobStatus::Uploading, order.request);
  } else {
    cp_.event(0, "diagnostics not uploaded: a log is on its way, or the memory fails");
  }
}

void LogUpload::get_log(const MessageId& id, const Json* payload) {
  const Json* log = field(payload, "log");
  Order order;
  order.by = Ordered::Log;
  const bool security = equal(text_of(payload, "logType"), "SecurityLog");
  order.kind = security ? LogKind::Security : LogKind::Diagnostics;
  order.request = {true, integer_of(payload, "requestId")};
  order.utc_us = cp_.utc_us();
  order.attempts_left = attempts_of(payload);
  order.retry_interval_s = retry_interval_s_of(payload);
  const char* location = text_of(log, "remoteLocation");
  const bool one_before = order_.by == Ordered::Log;
  const bool taken = order_.by != Ordered::Diagnostics &&
                     is_location(location, cp_.equipment.uploader->schemes()) &&
                     read_span(log, "oldestTimestamp", "latestTimestamp", order) &&
                     take(order, location);
  if (!taken) {
    cp_.event(0, "log not uploaded: no such place or time, or diagnostics are on their way");
    cp_.calls.status(id, "Rejected");
    return;
  }
  JsonWriter& out = cp_.calls.result(id);
  out.text("status", one_before ? "AcceptedCanceled" : "Accepted");
  out.text("filename", name(order).get());
  cp_.calls.finish();
  log_progress.set(JobStatus::Uploading, order.request);
}

bool LogUpload::take(const Order& order, const char* location) {
  uint8_t data[kLogLocationBytes] = {};
  const auto size = static_cast<int>(strlen(location));
  data[0] = static_cast<uint8_t>(size);
  data[1] = static_cast<uint8_t>(size >> 8);
  memcpy(data + 2, location, static_cast<size_t>(size));
  if (!fram_.write(kLogLocationAt, data, size + 2)) return false;
  location_crc_ = store::crc32(data, size + 2);
  if (!save(order)) return false;
  cp_.equipment.uploader->abandon();
  order_ = order;
  sending_ = false;
  pause_.set(cp_.now_us);
  return true;
}

LogUpload::Name LogUpload::name(const Order& order) const {
  Name name;
  for (const char* at = cp_.settings.identity; *at != '\0' && name.size() < 20; ++at) {
    const char c = folded(*at);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    name.put(plain ? *at : '-');
  }
  name.add(order.kind == LogKind::Security ? "-security-" : "-diagnostics-");
  const Stamp stamp = format_utc(order.utc_us);  // 2026-01-31T12:34:56.789Z
  for (int i = 0; i < 19; ++i) {
    const char c = stamp.get()[i];
    if (c != '-' && c != ':') name.put(c);
  }
  return name.add("Z.log");
}

// --- how it goes ---

uint64_t LogUpload::next_us() const {
  return sending_ ? cp_.now_us + kLookUs : pause_.at_us();
}

void LogUpload::poll() {
  if (order_.by == Ordered::None) return;
  if (pause_.due(cp_.now_us)) attempt();
  if (!sending_) return;
  hal::Uploader& uploader = *cp_.equipment.uploader;
  switch (uploader.state()) {
    case hal::Uploader::State::Sending:
      send();
      break;
    case hal::Uploader::State::Done:
      end(JobStatus::Uploaded, name(order_).get());
      break;
    case hal::Uploader::State::Denied:
      failed(true);
      break;
    case hal::Uploader::State::Idle:
    case hal::Uploader::State::Failed:
      failed(false);
      break;
  }
}

void LogUpload::attempt() {
  --order_.attempts_left;
  Location location;
  if (!save(order_) || !load_location(location) ||
      !is_location(location.get(), cp_.equipment.uploader->schemes())) {
    order_.attempts_left = -1;
    failed(false);
    return;
  }
  cp_.event(0, Text<160>(name(order_).get()).add(" goes to ").add(bare(location).get()));
  text_.rewind(order_.kind, order_.since_utc_us, order_.until_utc_us);
  line_.clear();
  sent_ = 0;
  finished_ = false;
  sending_ = true;
  cp_.equipment.uploader->begin(location.get(), name(order_).get());
}

void LogUpload::send() {
  hal::Uploader& uploader = *cp_.equipment.uploader;
  for (int lines = 0; !finished_ && lines < kLinesAtOnce;) {
    if (sent_ == line_.size()) {
      sent_ = 0;
      ++lines;
      if (!text_.next(line_)) {
        finished_ = true;
        uploader.finish();
        return;
      }
    }
    const int taken = uploader.put(line_.get() + sent_, line_.size() - sent_);
    if (taken <= 0) return;
    sent_ += taken;
  }
}

void LogUpload::failed(bool denied) {
  const char* why = sending_ ? cp_.equipment.uploader->why() : "there is no way to that place";
  sending_ = false;
  if (order_.attempts_left > 0) {
    cp_.event(0, Text<120>("upload failed, tried again: ").add(why));
    pause_.set(cp_.in_seconds(static_cast<uint64_t>(order_.retry_interval_s)));
  } else if (order_.by == Ordered::Diagnostics) {
    end(JobStatus::UploadFailed, why);
  } else {
    end(denied ? JobStatus::PermissionDenied : JobStatus::UploadFailure, why);
  }
}

void LogUpload::end(JobStatus status, const char* why) {
  const RequestId request = order_.request;
  Progress& told = progress();
  cp_.event(0, Text<120>(ocpp::name_of(status)).add(": ").add(why));
  cp_.equipment.uploader->abandon();
  order_ = Order();
  sending_ = false;
  save(order_);
  told.set(status, request);
}

}  // namespace evse::ocpp
