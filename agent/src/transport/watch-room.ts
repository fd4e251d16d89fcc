import {
  type RemoteParticipant,
  type RemoteTrackPublication,
  type Room,
  RoomEvent as Rtc,
  TrackKind,
} from '@livekit/rtc-node';
import { type ParticipantId, participantIdSchema } from '@parley/contracts/ids';
import type { RoomCommand } from '@parley/contracts/room-command';
import { TOPIC } from '@parley/contracts/room-protocol';
import type { Logger } from 'pino';
import { createAsyncQueue } from '../runtime/async-queue.ts';
import type { Clock } from '../runtime/clock.ts';
import { askEar } from './ask-ear.ts';
import { type ChatEvent, createChatInbox, LEGACY_CHAT_TOPIC } from './chat-inbox.ts';
import { createCommandInbox } from './command-inbox.ts';
import type { RoomEvent } from './contract.ts';
import { createDepartures } from './departures.ts';
import { closedReason, leftReason } from './disconnect-reason.ts';
import { createEarQuestions } from './ear-questions.ts';
import { createListening } from './listening.ts';
import { createMicrophones, isMicrophone } from './microphones.ts';
import { createOwnWay } from './own-way.ts';
import { type Person, personOf } from './person.ts';
import { createPreConnectInbox } from './pre-connect-inbox.ts';
import { createSessionInbox } from './session-inbox.ts';

/** Events that may wait for their reader. It reads at once; so many at a time means that it stands still. */
const WAITING_EVENTS = 4_096;
/** Of these, so many may wait when people write or their debug clients ask: a flood must not push out that somebody left. */
const WAITING_CHATS = 256;
/** Typed messages kept of people who are not told of yet: the SFU tells of those without a microphone every 3 s. */
const EARLY_MESSAGES = 16;
/** Attribute with the state of a phone call. */
const CALL_STATUS = 'sip.callStatus';

/** What happens in a room, from rtc-node's callbacks to the events of the contract. */
export interface RoomWatch {
  readonly events: AsyncIterable<RoomEvent>;
  onAudio(listener: (participantId: ParticipantId, samples: Int16Array) => void): void;
  microphoneSid(participantId: ParticipantId): string | undefined;
  /** Takes in who was there before us. Called once, when connected. */
  begin(): void;
  /** Ends the events with `closed`; safe to call again. */
  close(reason?: Extract<RoomEvent, { type: 'closed' }>['reason']): void;
}

/** Watches a room that is not yet connected, so that nothing is missed. */
export function watchRoom(options: {
  readonly room: Room;
  readonly clock: Clock;
  /** Null for what the server did not sign for this call. */
  readonly readCommand: (token: string) => Promise<RoomCommand | null>;
  readonly log: Logger;
}): RoomWatch {
  const { room, clock, log } = options;
  const queue = createAsyncQueue<RoomEvent>(WAITING_EVENTS);
  const people = new Map<ParticipantId, Person>();
  const refusedVideo = new Set<ParticipantId>();
  /** Of people not told of yet. */
  const early: ChatEvent[] = [];
  let onBlock: (participantId: ParticipantId, samples: Int16Array) => void = () => {};
  let isClosed = false;

  const emit = (event: RoomEvent) => {
    if (isClosed) return;
    const isWrittenByPeople = event.type === 'chatReceived' || event.type === 'sessionMessageReceived';
    const isFlood = isWrittenByPeople && queue.length >= WAITING_CHATS;
    if (isFlood || !queue.push(event))
      log.error({ type: event.type }, 'a room event was dropped: nobody reads them');
  };
  const listening = createListening({
    clock,
    onListening: (participantId) => emit({ type: 'participantListening', participantId }),
  });
  const departures = createDepartures({
    clock,
    onLeft: (participantId, reason) => emit({ type: 'participantLeft', participantId, reason }),
  });
  const microphones = createMicrophones({
    onBlock: (participantId, samples) => onBlock(participantId, samples),
    onOpened: (participantId) => emit({ type: 'microphoneOpened', participantId }),
    onClosed: (participantId) => emit({ type: 'microphoneClosed', participantId }),
    onAnnounced: (participantId) => emit({ type: 'preConnectAnnounced', participantId }),
    log,
  });
  const ears = createEarQuestions({
    clock,
    readOwnWay: createOwnWay(() => room.getRtcStats()),
    ask: (participantId) => askEar(room.localParticipant, participantId),
    onMeasured: (participantId, transport) =>
      emit({ type: 'transportMeasured', participantId, ...transport }),
    log,
  });
  const preConnect = createPreConnectInbox({
    clock,
    onEvent: (event) => {
      if (people.has(event.participantId)) emit(event);
    },
    announcedSid: (participantId) => microphones.announcedSid(participantId),
    log,
  });
  const chat = createChatInbox({
    onEvent: (event) => {
      if (people.has(event.participantId)) return emit(event);
      early.push(event);
      if (early.length > EARLY_MESSAGES) early.shift();
    },
    log,
  });

  const commands = createCommandInbox({
    read: options.readCommand,
    onCommand: (command) => emit(roomEventOf(command)),
    log,
  });

  const session = createSessionInbox({
    onMessage: (participantId, bytes) => {
      if (people.has(participantId)) emit({ type: 'sessionMessageReceived', participantId, bytes });
    },
    log,
  });

  const published = ({ participantId }: Person, publication: RemoteTrackPublication) => {
    if (isMicrophone(publication)) return microphones.published(participantId, publication);
    if (publication.kind !== TrackKind.KIND_VIDEO || refusedVideo.has(participantId)) return;
    refusedVideo.add(participantId);
    const message = 'this agent takes no video; it is not subscribed and costs nothing';
    emit({ type: 'inputRefused', participantId, what: 'video', message });
  };
  const joined = (participant: RemoteParticipant) => {
    const person = personOf(participant);
    if (person === null || people.has(person.participantId)) return;
    const { participantId, kind, name } = person;
    people.set(participantId, person);
    departures.joined(participantId);
    emit({ type: 'participantJoined', participantId, kind, name });
    listening.joined(participantId, kind, participant.attributes[CALL_STATUS]);
    // On the phone there is no client of ours to ask.
    if (kind === 'standard') ears.joined(participantId);
    for (const publication of participant.trackPublications.values()) {
      published(person, publication as RemoteTrackPublication);
    }
    for (const event of early.splice(0)) {
      if (event.participantId === participantId) emit(event);
      else early.push(event);
    }
  };
  /** Who writes: a human, or somebody who is not told of yet. */
  const chatterOf = (identity: string): ParticipantId | null => {
    const participant = room.remoteParticipants.get(identity);
    if (participant !== undefined) return personOf(participant)?.participantId ?? null;
    return participantIdSchema.safeParse(identity).data ?? null;
  };
  /** Runs `act` for a human who was told of; the rest of the room is none of ours. */
  const ofPerson = (identity: string | undefined, act: (person: Person) => void) => {
    const person = people.get(identity as ParticipantId);
    if (person !== undefined && !isClosed) act(person);
  };

  room.on(Rtc.ParticipantConnected, joined);
  room.on(Rtc.ParticipantDisconnected, (participant) =>
    ofPerson(participant.identity, ({ participantId, kind }) => {
      people.delete(participantId);
      refusedVideo.delete(participantId);
      microphones.left(participantId);
      preConnect.left(participantId);
      listening.left(participantId);
      ears.left(participantId);
      departures.left(participantId, kind, leftReason(participant.disconnectReason));
    }),
  );
  room.on(Rtc.ParticipantAttributesChanged, (changed, participant) =>
    ofPerson(participant.identity, ({ participantId }) => {
      const status = changed[CALL_STATUS];
      if (status !== undefined) listening.callStatusChanged(participantId, status);
    }),
  );
  room.on(Rtc.LocalTrackSubscribed, () => listening.trackSubscribed());
  room.on(Rtc.TrackPublished, (publication, participant: RemoteParticipant | undefined) =>
    ofPerson(participant?.identity, (person) => published(person, publication)),
  );
  room.on(Rtc.TrackUnpublished, (publication, { identity }) =>
    ofPerson(identity, ({ participantId }) => microphones.unpublished(participantId, publication)),
  );
  room.on(Rtc.TrackSubscribed, (track, publication, { identity }) =>
    ofPerson(identity, ({ participantId }) => microphones.subscribed(participantId, publication, track)),
  );
  room.on(Rtc.TrackUnsubscribed, (_, publication, { identity }) =>
    ofPerson(identity, ({ participantId }) => microphones.unsubscribed(participantId, publication)),
  );
  room.on(Rtc.TrackMuted, (publication, { identity }) =>
    ofPerson(identity, ({ participantId }) => microphones.muteChanged(participantId, publication, true)),
  );
  room.on(Rtc.TrackUnmuted, (publication, { identity }) =>
    ofPerson(identity, ({ participantId }) => microphones.muteChanged(participantId, publication, false)),
  );
  room.on(Rtc.Reconnecting, () => emit({ type: 'reconnecting' }));
  room.on(Rtc.Reconnected, () => {
    microphones.resubscribe();
    emit({ type: 'reconnected' });
  });
  room.on(Rtc.Disconnected, (reason) => close(closedReason(reason)));
  room.registerTextStreamHandler(TOPIC.chat, (reader, { identity }) => {
    const participantId = chatterOf(identity);
    if (participantId === null) return void reader.close();
    void chat.takeStream(participantId, reader);
  });
  room.registerByteStreamHandler(TOPIC.chat, (reader, { identity }) => {
    void reader.close();
    ofPerson(identity, ({ participantId }) => chat.refuseBytes(participantId));
  });
  room.registerByteStreamHandler(TOPIC.preConnectAudio, (reader, { identity }) => {
    const participantId = chatterOf(identity);
    if (participantId === null) return void reader.close();
    void preConnect.takeStream(participantId, reader);
  });
  room.registerByteStreamHandler(TOPIC.session, (reader, { identity }) => {
    const person = people.get(identity as ParticipantId);
    if (person === undefined) return void reader.close();
    void session.takeStream(person.participantId, reader);
  });
  room.on(Rtc.DataReceived, (payload, participant, _kind, topic) => {
    if (topic === TOPIC.command) return commands.take(participant?.identity ?? null, payload);
    if (topic !== LEGACY_CHAT_TOPIC) return;
    ofPerson(participant?.identity, ({ participantId }) => chat.takePacket(participantId, payload));
  });

  const close = (reason: Extract<RoomEvent, { type: 'closed' }>['reason'] = 'closed_by_us') => {
    if (isClosed) return;
    microphones.close();
    listening.close();
    ears.close();
    departures.close();
    emit({ type: 'closed', reason });
    isClosed = true;
    queue.end();
  };

  return {
    events: queue,
    onAudio(listener) {
      onBlock = listener;
    },
    microphoneSid: (participantId) => microphones.trackSid(participantId),
    begin() {
      for (const participant of room.remoteParticipants.values()) joined(participant);
    },
    close,
  };
}

function roomEventOf(command: RoomCommand): RoomEvent {
  switch (command.type) {
    case 'setRecording':
      return { type: 'recordingRequested', state: command.state };
    case 'useProviders': {
      const { type: _, ...wanted } = command;
      return { type: 'providersAsked', wanted };
    }
  }
}
