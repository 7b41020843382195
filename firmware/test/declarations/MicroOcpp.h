// MicroOcpp 1.2.0, its interface in C++: micro-ocpp.com, and the comments of its own MicroOcpp.h.
// As it is where MO_CUSTOM_WS, MO_CUSTOM_TIMER and MO_ENABLE_CONNECTOR_LOCK are set.
#pragma once

#define MO_CUSTOM_WS
#define MO_CUSTOM_TIMER
#define MO_ENABLE_CONNECTOR_LOCK 1
#define MO_UNLOCK_TIMEOUT 10000
#define MO_MAX_JSON_CAPACITY 16384
#define JSONDATE_LENGTH 20

#include <ArduinoJson.h>
#include <stddef.h>
#include <stdint.h>

#include <functional>
#include <memory>

#include "MicroOcpp/Core/FilesystemAdapter.h"

extern "C" void mocpp_set_timer(unsigned long (*get_ms)());

typedef enum ChargePointStatus {
  ChargePointStatus_UNDEFINED,
  ChargePointStatus_Available,
  ChargePointStatus_Preparing,
  ChargePointStatus_Charging,
  ChargePointStatus_SuspendedEVSE,
  ChargePointStatus_SuspendedEV,
  ChargePointStatus_Finishing,
  ChargePointStatus_Reserved,
  ChargePointStatus_Unavailable,
  ChargePointStatus_Faulted,
} ChargePointStatus;

typedef enum {
  UnlockConnectorResult_UnlockFailed,
  UnlockConnectorResult_Unlocked,
  UnlockConnectorResult_Pending,
} UnlockConnectorResult;

namespace MicroOcpp {

using OnReceiveConfListener = std::function<void(JsonObject payload)>;
using OnAbortListener = std::function<void()>;
using OnTimeoutListener = std::function<void()>;
using OnReceiveErrorListener =
    std::function<void(const char* code, const char* description, JsonObject details)>;
using ReceiveTXTcallback = std::function<bool(const char*, size_t)>;

class Connection {
 public:
  virtual ~Connection() = default;
  virtual void loop() = 0;
  virtual bool sendTXT(const char* msg, size_t length) = 0;
  virtual void setReceiveTXTcallback(ReceiveTXTcallback& receiveTXT) = 0;
  virtual unsigned long getLastConnected() = 0;
  virtual bool isConnected();
};

struct ProtocolVersion {
  ProtocolVersion(int major, int minor);
};

struct ErrorData {
  bool isError = false;
  bool isFaulted = false;
  uint8_t severity = 1;
  const char* errorCode = nullptr;
  const char* info = nullptr;
  const char* vendorId = nullptr;
  const char* vendorErrorCode = nullptr;
  ErrorData(const char* errorCode);
};

enum class TxNotification {
  Authorized,
  AuthorizationRejected,
  AuthorizationTimeout,
  ReservationConflict,
  ConnectionTimeout,
  DeAuthorized,
  RemoteStart,
  RemoteStop,
  StartTx,
  StopTx,
};

class Transaction {
 public:
  const char* getParentIdTag();
  int getTransactionId();
};

}  // namespace MicroOcpp

struct ChargerCredentials {
  ChargerCredentials(const char* chargePointModel, const char* chargePointVendor,
                     const char* firmwareVersion = nullptr,
                     const char* chargePointSerialNumber = nullptr);
  operator const char*();
};

void mocpp_initialize(MicroOcpp::Connection& connection, const char* bootNotificationCredentials,
                      std::shared_ptr<MicroOcpp::FilesystemAdapter> filesystem,
                      bool autoRecover = false,
                      MicroOcpp::ProtocolVersion version = MicroOcpp::ProtocolVersion(1, 6));
void mocpp_deinitialize();
void mocpp_loop();

std::shared_ptr<MicroOcpp::Transaction> beginTransaction(const char* idTag,
                                                         unsigned int connectorId = 1);
bool endTransaction_authorized(const char* idTag, const char* reason = nullptr,
                               unsigned int connectorId = 1);
bool isTransactionActive(unsigned int connectorId = 1);
bool isTransactionRunning(unsigned int connectorId = 1);
const char* getTransactionIdTag(unsigned int connectorId = 1);
std::shared_ptr<MicroOcpp::Transaction>& getTransaction(unsigned int connectorId = 1);
bool isOperative(unsigned int connectorId = 1);
bool ocppPermitsCharge(unsigned int connectorId = 1);
ChargePointStatus getChargePointStatus(unsigned int connectorId = 1);
void authorize(const char* idTag, MicroOcpp::OnReceiveConfListener onConf = nullptr,
               MicroOcpp::OnAbortListener onAbort = nullptr,
               MicroOcpp::OnTimeoutListener onTimeout = nullptr,
               MicroOcpp::OnReceiveErrorListener onError = nullptr, unsigned int timeout = 0);

void setConnectorPluggedInput(std::function<bool()> input, unsigned int connectorId = 1);
void setEvReadyInput(std::function<bool()> input, unsigned int connectorId = 1);
void setEvseReadyInput(std::function<bool()> input, unsigned int connectorId = 1);
void setStartTxReadyInput(std::function<bool()> input, unsigned int connectorId = 1);
void setStopTxReadyInput(std::function<bool()> input, unsigned int connectorId = 1);
void setEnergyMeterInput(std::function<int()> input_wh, unsigned int connectorId = 1);
void setPowerMeterInput(std::function<float()> input_w, unsigned int connectorId = 1);
void addMeterValueInput(std::function<float()> input, const char* measurand = nullptr,
                        const char* unit = nullptr, const char* location = nullptr,
                        const char* phase = nullptr, unsigned int connectorId = 1);
void addErrorDataInput(std::function<MicroOcpp::ErrorData()> input, unsigned int connectorId = 1);
void setSmartChargingOutput(std::function<void(float, float, int)> output_w_a_phases,
                            unsigned int connectorId = 1);
void setTxNotificationOutput(
    std::function<void(MicroOcpp::Transaction*, MicroOcpp::TxNotification)> output,
    unsigned int connectorId = 1);
void setOnUnlockConnectorInOut(std::function<UnlockConnectorResult()> output,
                               unsigned int connectorId = 1);
void setOnResetNotify(std::function<bool(bool)> onResetNotify);
void setOnResetExecute(std::function<void(bool)> onResetExecute);

namespace MicroOcpp {
class Context;
class FirmwareService;
}  // namespace MicroOcpp
MicroOcpp::FirmwareService* getFirmwareService();
MicroOcpp::Context* getOcppContext();
