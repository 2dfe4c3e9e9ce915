import type { components, operations } from './schema';

// The pages' names for what the interface speaks of; the shapes are generated.
type Schemas = components['schemas'];

export type LocalText = Schemas['Text'];
export type Stage = Schemas['Stage'];
export type Action = Schemas['Action'];
export type Role = Schemas['Role'];
export type EventWord = Schemas['EventWord'];
export type Point = Schemas['PointBody'];

export type User = Schemas['UserView'];
export type City = Schemas['CityView'];
export type Area = Schemas['AreaView'];
export type Unit = Schemas['UnitView'];
export type Category = Schemas['CategoryView'];

export type NewRequest = Schemas['RequestBody'];
export type Received = Schemas['SubmittedView'];
export type TableToTake = Schemas['TableBody'];
export type Table = Schemas['TableView'];
export type Followed = Schemas['FollowView'];
export type Answer = Schemas['AnswerBody'];

export type CaseQuery = NonNullable<operations['list_cases']['parameters']['query']>;
export type CaseRow = Schemas['CaseRow'];
export type CaseFile = Schemas['CaseDetail'];
export type CaseChange = Schemas['ChangeView'];
export type QueueQuery = NonNullable<operations['read_queue']['parameters']['query']>;
export type QueueRow = Schemas['QueueRow'];
export type QueueCounts = Schemas['QueueCounts'];
export type QueuePart = Schemas['QueuePart'];
export type ActItem = Schemas['ActItem'];
export type ActRow = Schemas['ActRow'];
export type Counts = Schemas['CountsView'];
export type Breakdown = Schemas['BreakdownView'];
export type Portion = Schemas['PortionView'];
export type SavedView = Schemas['ViewBody'];
export type SharedView = Schemas['SharedView'];
export type BoardQuery = NonNullable<operations['read_board']['parameters']['query']>;
export type BehindQuery = NonNullable<operations['read_behind_figure']['parameters']['query']>;
export type Board = Schemas['BoardView'];
export type Figure = Schemas['FigureView'];
export type Tally = Schemas['TallyView'];
export type Formula = Schemas['FormulaView'];
export type BehindTurn = Schemas['BehindRow'];
export type BehindCall = Schemas['CallBehindRow'];
export type Part = Schemas['FigurePart'];
export type NearQuery = operations['read_done_near']['parameters']['query'];
export type Near = Schemas['NearView'];
export type RecurringQuery = NonNullable<operations['list_recurring']['parameters']['query']>;
export type Recurring = Schemas['RecurringView'];
export type Load = Schemas['LoadView'];
export type UnitLoad = Schemas['UnitLoadView'];
export type Topics = Schemas['TopicsView'];
export type AttachedFile = Schemas['FileView'];
export type Suggestion = Schemas['SuggestionView'];
export type Words = Schemas['SuggestBody'];
export type TimelineEntry = Schemas['TimelineRow'];

export type Duplicates = Schemas['DuplicatesView'];
export type Candidate = Schemas['CandidateView'];
export type Similar = Schemas['SimilarView'];
export type SimilarCase = Schemas['SimilarCase'];
export type JoinedView = Schemas['JoinedView'];

export type WhistleQuery = NonNullable<operations['list_whistles']['parameters']['query']>;
export type WhistleRow = Schemas['WhistleRow'];
export type WhistleFile = Schemas['WhistleDetail'];
export type WhistleCall = Schemas['CallView'];
export type WhistleChange = Schemas['WhistleChangeView'];
export type AlertChange = Schemas['AlertChangeView'];
export type WarningChange = Schemas['WarningChangeView'];
export type WhistleAction = Schemas['WhistleAction'];
export type WhistleKind = Schemas['WhistleKind'];
export type NewWhistle = Schemas['BlowBody'];
export type Attendance = Schemas['Attendance'];
export type CheckIns = Schemas['CheckInsView'];

/** What each command to a whistle carries. */
export type WhistleBodies = {
  check_in: Schemas['CheckInBody'];
  refuse: Schemas['RefuseBody'];
  reach: Schemas['ReachBody'];
  reopen: Schemas['UnreachBody'];
  call_unit: Schemas['CallUnitBody'];
  confirm: Schemas['ConfirmBody'];
  score: Schemas['ScoreCallBody'];
  close: Schemas['EndBody'];
  withdraw: Schemas['WithdrawWhistleBody'];
  erase: Schemas['EraseBody'];
};

export type WhistleCommand = keyof WhistleBodies;
export type GridLayer = Schemas['GridLayerView'];
export type GridMerge = Schemas['GridMergeView'];
export type GridPreview = Schemas['GridPreview'];
export type GridPlan = operations['preview_grid_merge']['parameters']['query'];
export type GridAdoption = Schemas['AdoptBody'];
export type DossierKind = Schemas['DossierKind'];
export type DossierRow = Schemas['DossierRow'];
export type DossierFile = Schemas['DossierDetail'];
export type DossierQuery = NonNullable<operations['list_dossiers']['parameters']['query']>;
export type DossierBody = Schemas['DossierBody'];
export type DeedRow = Schemas['DeedRow'];
export type Contributions = Schemas['ContributionsView'];
export type Credit = Schemas['CreditView'];
export type Needs = Schemas['NeedsView'];
export type Need = Schemas['NeedView'];
export type NeedsQuery = NonNullable<operations['needs']['parameters']['query']>;
export type DossierChange = Schemas['DossierChangeView'];
export type Roster = Schemas['RosterView'];
export type RosterShift = Schemas['OnDutyView'];
export type Seats = Schemas['SeatsView'];
export type Seat = Schemas['SeatView'];
export type OnDuty = Schemas['OnDutyNow'];
export type NewShift = Schemas['ShiftBody'];
export type Swap = Schemas['SwapBody'];
export type Signals = Schemas['SignalsView'];

/** What each command to a case carries. */
export type Bodies = {
  accept: Schemas['AcceptBody'];
  decline: Schemas['DeclineBody'];
  dispatch: Schemas['DispatchBody'];
  start: Schemas['StartBody'];
  report_back: Schemas['ReportBackBody'];
  verify: Schemas['VerifyBody'];
  close: Schemas['CloseBody'];
  call_back: Schemas['CallBackBody'];
  reopen: Schemas['NoteBody'];
  erase: Schemas['EraseBody'];
  return: Schemas['ReturnBody'];
  redirect: Schemas['RedirectBody'];
  recall: Schemas['RecallBody'];
  add_unit: Schemas['AddUnitBody'];
  remove_unit: Schemas['RemoveUnitBody'];
  report_part: Schemas['ReportPartBody'];
  ask_extension: Schemas['AskExtensionBody'];
  extend: Schemas['ExtendBody'];
  refuse_extension: Schemas['ReasonBody'];
  shelve: Schemas['ShelveBody'];
  ask_resident: Schemas['NoteBody'];
  answer_question: Schemas['NoteBody'];
  resume: Schemas['ResumeBody'];
  supervise: Schemas['SuperviseBody'];
  answer_supervision: Schemas['NoteBody'];
  release: Schemas['ReleaseBody'];
  score: Schemas['ScoreBody'];
  comment: Schemas['NoteBody'];
  withdraw: Schemas['NoteBody'];
};

export type Command = keyof Bodies;

/** The commands these pages have a form for. */
const FORMS: Record<Command, true> = {
  accept: true,
  decline: true,
  dispatch: true,
  start: true,
  report_back: true,
  verify: true,
  close: true,
  call_back: true,
  reopen: true,
  erase: true,
  return: true,
  redirect: true,
  recall: true,
  add_unit: true,
  remove_unit: true,
  report_part: true,
  ask_extension: true,
  extend: true,
  refuse_extension: true,
  shelve: true,
  ask_resident: true,
  answer_question: true,
  resume: true,
  supervise: true,
  answer_supervision: true,
  release: true,
  score: true,
  comment: true,
  withdraw: true,
};

/** Whether an action is a command to a case that these pages have a form for:
    a server may offer more. */
export const isCommand = (action: Action): action is Command => Object.hasOwn(FORMS, action);

export const OPEN_STAGES: Stage[] = [
  'submitted',
  'accepted',
  'dispatched',
  'in_progress',
  'reported',
  'verified',
];
