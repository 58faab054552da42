/** Counters of one MQTT front end since it was made; the metrics read them. They only grow. */
export class MqttStats {
  /** TCP connections taken in. */
  connections = 0
  /** CONNECTs let in, and refused. */
  accepted = 0
  refused = 0
  /** Connections that sent no CONNECT in time. */
  connectTimeouts = 0
  keepAliveTimeouts = 0
  /** Links closed because a packet broke the protocol or a limit of the listener. */
  violations = 0
  publishesIn = 0
  /** PUBLISHes of QoS 1 that came again while their PUBACK was waiting, and were not handed on twice. */
  duplicatesIn = 0
  publishesOut = 0
  /** QoS 0 messages dropped for a slow reader: more than `outputLimit` bytes waited for it, or the limit of all was reached. */
  droppedQos0 = 0
  /** Those of them that were dropped because too much waited on all connections together, and more than a share on theirs. */
  droppedOutputTotal = 0
  /** Messages larger than the client's maximum packet size (5.0), dropped for it [MQTT-3.1.2-25]. */
  droppedTooLarge = 0
  /** Messages with RETAIN that were not kept: as many, or as many bytes, as may be are retained. */
  droppedRetained = 0
  /** Queued messages dropped: for room, by age, with the link or its session. */
  droppedFull = 0
  droppedExpired = 0
  droppedGone = 0

  /** All that were dropped, whatever for. */
  get dropped(): number {
    const { droppedQos0, droppedTooLarge, droppedFull, droppedExpired, droppedGone } = this
    return droppedQos0 + droppedTooLarge + droppedFull + droppedExpired + droppedGone
  }
}
