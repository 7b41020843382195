#include "microocpp_backend/microocpp_client.h"

#include "ocpp/utc.h"

namespace evse {

namespace {

// The charging processes have the first kilobyte, as beside our own client.
constexpr int kFilesAt = 1024;
constexpr char kConfigurationFile[] = "ocpp-config.jsn";
// The library says nothing of when it wants to be called again.
constexpr uint64_t kPollUs = 100000;
constexpr uint64_t kKeepTimeUs = 3600000000;
constexpr int kPingS = 60;

uint64_t library_now_us = 0;

unsigned long library_now_ms() { return static_cast<unsigned long>(library_now_us / 1000); }

}  // namespace

MicroOcppClient::MicroOcppClient(const ocpp::Settings& settings, hal::Transport& transport,
                                 hal::Fram& fram, hal::Clock& clock, ocpp::EventLog& log)
    : settings_(settings),
      clock_(clock),
      log_(log),
      files_(fram, kFilesAt),
      connection_(settings_, transport, log) {
  hal::Updater* updater = settings_.equipment.updater;
  if (updater != nullptr) update_ = std::make_unique<Update>(*updater, log);
  for (int i = 0; i < settings_.connectors; ++i) {
    connectors_[i].number = static_cast<unsigned int>(i + 1);
    connectors_[i].limit_ma = settings_.hardware[i].rating_ma;
    connectors_[i].phases = settings_.hardware[i].phases;
    connectors_[i].command.limit_ma = connectors_[i].limit_ma;
    connectors_[i].command.phases = connectors_[i].phases;
  }
}

MicroOcppClient::~MicroOcppClient() {
  if (begun_) mocpp_deinitialize();
}

void MicroOcppClient::report(uint64_t, int connector, const Report& report) {
  connectors_[connector - 1].report = report;
  connectors_[connector - 1].reported = true;
}

bool MicroOcppClient::begin(uint64_t now_us) {
  library_now_us = now_us;
  mocpp_set_timer(library_now_ms);
  if (settings_.connectors >= MO_NUMCONNECTORS) {
    log_.event(0, "no OCPP: MicroOcpp was built for fewer connectors (MO_NUMCONNECTORS)");
    return false;
  }
  if (!files_.mount()) {
    log_.event(0, "no OCPP: the memory does not answer");
    return false;
  }
  const bool is_new = files_.size_of(kConfigurationFile) < 0;
  connection_.at(now_us);
  mocpp_initialize(connection_,
                   ChargerCredentials(settings_.model, settings_.vendor,
                                      settings_.firmware_version, settings_.serial_number),
                   std::make_shared<FilesAdapter>(files_, log_));
  ping_s_ = MicroOcpp::declareConfiguration<int>("WebSocketPingInterval", kPingS);
  for (int i = 0; i < settings_.connectors; ++i) {
    wire(connectors_[i]);
    // The library would go on with it, with whatever vehicle is there now.
    endTransaction_authorized(nullptr, "PowerLoss", connectors_[i].number);
  }
  setOnResetNotify([](bool) { return true; });
  setOnResetExecute([this](bool hard) { reset_ = hard ? ResetWanted::Hard : ResetWanted::Soft; });
  if (update_ != nullptr) update_->wire(settings_.firmware_version);
  if (is_new) apply_factory_values();
  MicroOcpp::configuration_save();
  set_clock();
  return true;
}

void MicroOcppClient::apply_factory_values() {
  for (int i = 0; i < settings_.factory_count; ++i) {
    const ocpp::FactoryValue& value = settings_.factory[i];
    MicroOcpp::Configuration* key = MicroOcpp::getConfigurationPublic(value.name);
    if (key == nullptr) {
      log_.event(0, "a factory value of a configuration key that MicroOcpp does not have");
      continue;
    }
    switch (key->getType()) {
      case MicroOcpp::TConfig::Int:
        key->setInt(static_cast<int>(strtol(value.value, nullptr, 10)));
        break;
      case MicroOcpp::TConfig::Bool:
        key->setBool(ocpp::equal_folded(value.value, "true"));
        break;
      case MicroOcpp::TConfig::String:
        key->setString(value.value);
        break;
    }
  }
}

void MicroOcppClient::set_clock() {
  const int64_t utc_us = clock_.battery_utc_us();
  if (utc_us < 0) return;
  getOcppContext()->getModel().getClock().setTime(ocpp::format_utc(utc_us).get());
}

// The battery's clock follows the central system's, which the library keeps.
void MicroOcppClient::keep_time(uint64_t now_us) {
  if (now_us < keep_time_us_ || !connection_.isConnected()) return;
  const MicroOcpp::Timestamp& now = getOcppContext()->getModel().getClock().now();
  char text[JSONDATE_LENGTH + 1] = {};
  int64_t utc_us = 0;
  if (now < MicroOcpp::MIN_TIME || !now.toJsonString(text, sizeof text) ||
      !ocpp::parse_utc(text, utc_us)) {
    return;
  }
  clock_.set_battery_utc_us(utc_us);
  keep_time_us_ = now_us + kKeepTimeUs;
}

uint64_t MicroOcppClient::poll(uint64_t now_us) {
  now_us_ = now_us;
  if (broken_) return UINT64_MAX;
  if (!begun_) {
    for (int i = 0; i < settings_.connectors; ++i) {
      if (!connectors_[i].reported) return now_us + kPollUs;
    }
    begun_ = begin(now_us);
    broken_ = !begun_;
    if (broken_) return UINT64_MAX;
  }
  library_now_us = now_us;
  connection_.at(now_us);
  connection_.ping_every(ping_s_->getInt());
  if (update_ != nullptr) update_firmware(now_us);
  mocpp_loop();
  for (int i = 0; i < settings_.connectors; ++i) update(connectors_[i]);
  keep_time(now_us);
  return now_us + kPollUs;
}

void MicroOcppClient::update_firmware(uint64_t now_us) {
  bool safe = true;
  MicroOcpp::Model& model = getOcppContext()->getModel();
  const bool available = !update_->is_out_of_service();
  model.getConnector(0)->setAvailabilityVolatile(available);
  for (int i = 0; i < settings_.connectors; ++i) {
    const Connector& connector = connectors_[i];
    safe = safe && !connector.report.closed && !connector.command.permitted &&
           !isTransactionRunning(connector.number);
    model.getConnector(connector.number)->setAvailabilityVolatile(available);
  }
  update_->poll(now_us, safe);
  if (update_->is_restart_due()) reset_ = ResetWanted::Soft;
}

void MicroOcppClient::update(Connector& connector) {
  Command& command = connector.command;
  command.permitted = ocppPermitsCharge(connector.number);
  command.limit_ma = connector.limit_ma;
  command.phases = connector.phases;
  command.hold_lock = connector.report.plugged && isTransactionActive(connector.number);
  // Before the boot is accepted the library calls every connector unavailable, and a fault hides
  // whether it is: then what was true before still is.
  const ChargePointStatus status = getChargePointStatus(connector.number);
  if (connector.looked_at && status != ChargePointStatus_Faulted) {
    command.available = status != ChargePointStatus_Unavailable;
  }
}

void MicroOcppClient::present_tag(uint64_t now_us, int connector, const char* tag) {
  if (!begun_) {
    log_.event(connector, "a tag before the start counts for nothing");
    return;
  }
  library_now_us = now_us;
  Connector& where = connectors_[connector - 1];
  if (isTransactionActive(where.number)) {
    end_with(where, tag);
  } else if (!isOperative(where.number)) {
    // The library would ask for the tag, and begin when the fault is over.
    log_.event(connector, "a tag at a connector that is out of service or has a fault");
  } else if (beginTransaction(tag, where.number) == nullptr) {
    log_.event(connector, "no transaction begins: the one before is not over, or no room");
  }
}

// By the tag that has begun it, or by one of the same group. MicroOcpp 1.2.0 would ask for the
// group itself, but misspells the field of the answer and compares with a null pointer.
void MicroOcppClient::end_with(const Connector& connector, const char* tag) {
  const unsigned int number = connector.number;
  if (ocpp::equal_folded(tag, getTransactionIdTag(number))) {
    endTransaction_authorized(tag, "Local", number);
    return;
  }
  const std::shared_ptr<MicroOcpp::Transaction> transaction = getTransaction(number);
  const std::string group = transaction->getParentIdTag();
  if (group.empty()) {
    log_.event(static_cast<int>(number), "another tag than the one that has begun");
    return;
  }
  authorize(tag, [transaction, group, number, shown = std::string(tag)](JsonObject answer) {
    const char* status = answer["idTagInfo"]["status"] | "";
    const char* parent = answer["idTagInfo"]["parentIdTag"] | "";
    if (strcmp(status, "Accepted") == 0 && ocpp::equal_folded(parent, group.c_str()) &&
        getTransaction(number) == transaction) {
      endTransaction_authorized(shown.c_str(), "Local", number);
    }
  });
}

}  // namespace evse
