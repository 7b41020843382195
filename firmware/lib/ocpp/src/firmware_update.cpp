#include "ocpp/firmware_update.h"

#include "ocpp/base64.h"
#include "ocpp/charge_point.h"
#include "ocpp/utc.h"

namespace evse::ocpp {

namespace {

// How often to look at what goes on elsewhere.
constexpr uint64_t kLookUs = kSecondUs / 10;

}  // namespace

FirmwareUpdate::FirmwareUpdate(ChargePoint& cp, hal::Fram& fram)
    : plain_progress(cp, fram, Action::FirmwareStatusNotification, 0),
      signed_progress(cp, fram, Action::SignedFirmwareStatusNotification, 1),
      cp_(cp),
      store_(fram) {}

void FirmwareUpdate::power_on() {
  plain_progress.power_on();
  signed_progress.power_on();
  const bool whole = store_.power_on(order_);
  if (order_.stage == FirmwareStage::Installing || order_.stage == FirmwareStage::Switched) {
    if (cp_.equipment.updater->running_slot() == order_.slot) {
      end(JobStatus::InstallationFailed, "the firmware from before runs");
      return;
    }
    const char* version = cp_.settings.firmware_version;
    cp_.security.happened(SecurityEvent::FirmwareUpdated, version == nullptr ? "" : version);
    end(JobStatus::Installed, "it runs");
  } else if (order_.stage != FirmwareStage::None && !whole) {
    end(JobStatus::DownloadFailed, "the order was overwritten when the power went");
  } else if (order_.stage == FirmwareStage::Ordered && order_.attempts_left < 0) {
    // One that the power has interrupted is tried once more; not what restarts the charger.
    end(JobStatus::DownloadFailed, "every attempt has ended in a restart");
  }
}

// --- what the central system says ---

void FirmwareUpdate::update(const MessageId& id, const Json* payload) {
  FirmwareOrder order;
  FirmwareSource source;
  source.location.set(text_of(payload, "location"));
  if (!source.location.fits()) {
    cp_.calls.refuse(id, kPropertyConstraintViolation, "location: longer than 512 bytes");
    return;
  }
  if (!parse_utc(text_of(payload, "retrieveDate"), order.retrieve_utc_us)) {
    cp_.calls.refuse(id, kPropertyConstraintViolation, "retrieveDate: no time");
    return;
  }
  order.attempts_left = attempts_of(payload);
  order.retry_interval_s = retry_interval_s_of(payload);
  if (is_too_late()) {
    cp_.event(0, "order of firmware not taken: one is being installed");
  } else if (!take(order, source)) {
    cp_.calls.refuse(id, kInternalError, "the memory fails");
    return;
  }
  cp_.calls.result(id);  // there is no other answer (OCPP 1.6 6.26)
  cp_.calls.finish();
  ordered();
}

void FirmwareUpdate::signed_update(const MessageId& id, const Json* payload) {
  const Json* firmware = field(payload, "firmware");
  FirmwareOrder order;
  FirmwareSource source;
  order.is_signed = true;
  order.request = {true, integer_of(payload, "requestId")};
  order.attempts_left = attempts_of(payload);
  order.retry_interval_s = retry_interval_s_of(payload);
  source.location.set(text_of(firmware, "location"));
  const bool later = field(firmware, "installDateTime") != nullptr;
  const bool readable =
      is_location(source.location.get(), cp_.equipment.updater->schemes()) &&
      parse_utc(text_of(firmware, "retrieveDateTime"), order.retrieve_utc_us) &&
      (!later || parse_utc(text_of(firmware, "installDateTime"), order.install_utc_us));
  if (!readable) {
    cp_.event(0, "order of firmware not taken: no such place or time");
    cp_.calls.status(id, "Rejected");
    return;
  }
  hal::Certificates& certificates = *cp_.equipment.certificates;
  source.key_size = certificates.signer_key(text_of(firmware, "signingCertificate"), cp_.utc_us(),
                                            source.key, kSignerKey);
  if (source.key_size <= 0 || source.key_size > kSignerKey) {
    cp_.calls.status(id, "InvalidCertificate");
    cp_.security.happened(SecurityEvent::InvalidFirmwareSigningCertificate, certificates.why());
    return;
  }
  // What is no signature at all is none of the signer's: that shows once there is an image.
  source.signature_size =
      decode_base64(text_of(firmware, "signature"), source.signature, kSignature);
  if (source.signature_size < 0) source.signature_size = 0;
  const bool one_before = order_.stage != FirmwareStage::None;
  if (is_too_late() || !take(order, source)) {
    cp_.calls.status(id, "Rejected");
    return;
  }
  cp_.calls.status(id, one_before ? "AcceptedCanceled" : "Accepted");
  ordered();
}

bool FirmwareUpdate::is_too_late() const {
  return order_.stage == FirmwareStage::Installing || order_.stage == FirmwareStage::Switched;
}

// Over one that has not come to its installation.
bool FirmwareUpdate::take(const FirmwareOrder& order, const FirmwareSource& source) {
  FirmwareOrder taken = order;
  taken.stage = FirmwareStage::Ordered;
  if (!store_.save(taken, source)) {
    cp_.event(0, "the memory fails: order of firmware");
    return false;
  }
  cp_.equipment.updater->abandon();
  cp_.vacating.give_up();
  step_ = Step::Resting;
  pause_.cancel();
  order_ = taken;
  progress().clear();
  return true;
}

void FirmwareUpdate::ordered() {
  if (order_.stage != FirmwareStage::Ordered || step_ != Step::Resting) return;
  if (order_.is_signed && !is_time(order_.retrieve_utc_us)) {
    signed_progress.set(JobStatus::DownloadScheduled, order_.request);
  }
}

// --- the stages ---

void FirmwareUpdate::poll() {
  switch (order_.stage) {
    case FirmwareStage::None:
    case FirmwareStage::Switched:
      break;
    case FirmwareStage::Ordered:
      look_at_download();
      break;
    case FirmwareStage::Downloaded:
      look_at_image();
      break;
    case FirmwareStage::Installing:
      look_at_installation();
      break;
  }
}

uint64_t FirmwareUpdate::next_us() const {
  const bool waits = order_.stage == FirmwareStage::Ordered && step_ == Step::Resting;
  const bool rests = order_.stage == FirmwareStage::Downloaded;
  if (order_.stage == FirmwareStage::None || order_.stage == FirmwareStage::Switched) {
    return kNever;
  }
  if (step_ == Step::Pausing) return pause_.at_us();
  if (!waits && !rests) return cp_.now_us + kLookUs;
  const int64_t at_utc_us = waits ? order_.retrieve_utc_us : order_.install_utc_us;
  const int64_t left_us = at_utc_us - cp_.utc_us();
  if (left_us > 0) return cp_.now_us + static_cast<uint64_t>(left_us);
  return cp_.vacating.going_on() ? cp_.vacating.next_us() : cp_.now_us + kLookUs;
}

bool FirmwareUpdate::is_time(int64_t utc_us) const { return utc_us <= cp_.utc_us(); }

void FirmwareUpdate::look_at_download() {
  hal::Updater& updater = *cp_.equipment.updater;
  const hal::Updater::State state = updater.state();
  switch (step_) {
    case Step::Resting:
      if (!is_time(order_.retrieve_utc_us)) return;
      if (!updater.fetches_while_charging()) {
        cp_.vacating.begin();
        if (!cp_.vacating.done()) return;
      }
      progress().set(JobStatus::Downloading, order_.request);
      attempt();
      break;
    case Step::Pausing:
      if (pause_.due(cp_.now_us)) attempt();
      break;
    case Step::Fetching:
      if (state == hal::Updater::State::Done) {
        fetched();
      } else if (state != hal::Updater::State::Working && order_.attempts_left > 0) {
        cp_.event(0, Text<120>("download failed, tried again: ").add(updater.why()));
        step_ = Step::Pausing;
        pause_.set(cp_.in_seconds(static_cast<uint64_t>(order_.retry_interval_s)));
      } else if (state != hal::Updater::State::Working) {
        end(JobStatus::DownloadFailed, updater.why());
      }
      break;
    case Step::Verifying:
      if (state == hal::Updater::State::Done) {
        trusted();
      } else if (state != hal::Updater::State::Working) {
        cp_.security.happened(SecurityEvent::InvalidFirmwareSignature, updater.why());
        end(JobStatus::InvalidSignature, updater.why());
      }
      break;
  }
}

void FirmwareUpdate::attempt() {
  --order_.attempts_left;
  FirmwareSource source;
  if (!store_.save(order_) || !store_.source(source)) {
    end(JobStatus::DownloadFailed, "the memory fails");
  } else if (!is_location(source.location.get(), cp_.equipment.updater->schemes())) {
    end(JobStatus::DownloadFailed, "no URL of a protocol that there is here");
  } else {
    cp_.event(0, Text<120>("firmware from ").add(bare(source.location).get()));
    step_ = Step::Fetching;
    cp_.equipment.updater->download(source.location.get());
  }
}

void FirmwareUpdate::fetched() {
  if (!order_.is_signed) {
    trusted();
    return;
  }
  signed_progress.pass_through(JobStatus::Downloaded, order_.request);
  FirmwareSource source;
  if (!store_.source(source)) {
    end(JobStatus::DownloadFailed, "the memory fails");
    return;
  }
  step_ = Step::Verifying;
  cp_.equipment.updater->verify(source.key, source.key_size, source.signature,
                                source.signature_size);
}

void FirmwareUpdate::trusted() {
  step_ = Step::Resting;
  if (!advance(FirmwareStage::Downloaded)) return;
  progress().set(order_.is_signed ? JobStatus::SignatureVerified : JobStatus::Downloaded,
                 order_.request);
  if (is_time(order_.install_utc_us)) return;
  signed_progress.set(JobStatus::InstallScheduled, order_.request);
  cp_.vacating.give_up();
}

void FirmwareUpdate::look_at_image() {
  if (!is_time(order_.install_utc_us)) return;
  cp_.vacating.begin();
  if (!cp_.vacating.done()) return;
  order_.slot = cp_.equipment.updater->running_slot();
  if (!advance(FirmwareStage::Installing)) return;
  progress().set(JobStatus::Installing, order_.request);
  cp_.equipment.updater->install();
}

void FirmwareUpdate::look_at_installation() {
  hal::Updater& updater = *cp_.equipment.updater;
  const hal::Updater::State state = updater.state();
  if (state == hal::Updater::State::Working) return;
  if (state != hal::Updater::State::Done) {
    end(order_.is_signed ? JobStatus::InstallVerificationFailed : JobStatus::InstallationFailed,
        updater.why());
    return;
  }
  // Where the memory fails here the slot that runs after the restart tells as well.
  order_.stage = FirmwareStage::Switched;
  store_.save(order_);
  if (order_.is_signed) signed_progress.set(JobStatus::InstallRebooting, order_.request);
  cp_.reset.restart("new firmware is installed");
}

// False: the memory fails, and with it the update.
bool FirmwareUpdate::advance(FirmwareStage stage) {
  order_.stage = stage;
  if (store_.save(order_)) return true;
  const bool installs = stage == FirmwareStage::Installing;
  end(installs ? JobStatus::InstallationFailed : JobStatus::DownloadFailed, "the memory fails");
  return false;
}

void FirmwareUpdate::end(JobStatus status, const char* why) {
  const RequestId request = order_.request;
  Progress& told = progress();
  cp_.event(0, Text<120>("firmware: ").add(name_of(status)).add(", ").add(why));
  cp_.equipment.updater->abandon();
  step_ = Step::Resting;
  pause_.cancel();
  order_ = FirmwareOrder();
  if (!store_.save(order_)) cp_.event(0, "the memory fails: order of firmware");
  told.set(status, request);
  cp_.vacating.give_up();
}

}  // namespace evse::ocpp
