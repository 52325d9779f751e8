/**
 * The public face of Cadre: everything a plugin may use, and nothing else. Catalogues and fields that plugins extend by
 * declaration merging (`declare module "cadre" { … }`) are exported with `export *`, which merging needs.
 */
import "./declarations.ts";

export * from "./kernel/catalogue.ts";
export * from "./kernel/context.ts";
export * from "./kernel/plugin.ts";
export { CadreError, isCadreError, messageOf, refuse, type ErrorDeclaration, type ErrorOptions, type Problem } from "./kernel/errors.ts";
export { may, system, type Actor, type Assignment, type PermissionDeclaration } from "./kernel/permissions.ts";
export { checker, t, type Checker, type Static, type TSchema } from "./kernel/schema.ts";
export { decrypted, encrypted } from "./kernel/encryption.ts";
export type { Host } from "./kernel/host.ts";
export { isUniqueViolation, type Db } from "./db/database.ts";
export type { EnqueueOptions } from "./db/context.ts";
export { sql, type Sql } from "./db/sql.ts";
export { Table, type PersonalData } from "./db/table.ts";
export { accepted, bytes, created, json, noContent, page, redirect, Reply, stream } from "./http/reply.ts";
export type { Authenticator } from "./http/app.ts";
export type { Health } from "./http/part.ts";
export type { RawRequest, UploadedFile } from "./http/request.ts";
export type { Route, RouteBuilder, RouteInput, RouteOptions, SocketInput, SocketOptions } from "./http/routes.ts";
export type { Socket } from "./http/socket.ts";
export type { NavigationEntry, SlotContribution } from "./pages/part.ts";
export type { ContentsRow, LearnerRequest, PageMessage, PlayerMessage, SaveState, Surroundings } from "./pages/player-messages.ts";
export { etagOf, matchedVersion } from "./http/etag.ts";
export { listReply, literally, pageQuery, pagerOf, readPage, type PageOf, type PageRequest } from "./http/paging.ts";
export { formOf, type Form } from "./pages/form.ts";
export { sendMail, type Mail } from "./pages/mail.ts";
export { audit, roles, users, type ForeignIdentity, type PassportStrategy, type SignInStrategy } from "./people/index.ts";
export { newId } from "./kernel/ids.ts";
export { memoryOf, type Memory } from "./kernel/memory.ts";
export type { FedStatement } from "./lrs/feed.ts";
export type { ReceivedStatement } from "./lrs/hooks.ts";
export * as recordCredentials from "./lrs/credentials/launch.ts";
export { agentOf, tell } from "./lrs/stores/own.ts";
export * as statements from "./lrs/statements.ts";
export type { Verb } from "./lrs/verbs.ts";
export type { CourseStructure, Json, PackageFiles, PackageFormat, StructureItem } from "./courses/packages/format.ts";
export type { Diagnostic, DiagnosticCatalogue, DiagnosticDetails, Report } from "./courses/packages/report.ts";
export type { XmlElement } from "./courses/packages/xml.ts";
export { settingsOf as packageSettingsOf } from "./courses/packages/package-settings.ts";
export { versionOf as packageVersionOf, type PackageVersion } from "./courses/packages/store.ts";
export { activitiesOf, type LaunchActivities } from "./learning/activities.ts";
export * as attempts from "./learning/attempts.ts";
export type { Launched, Launcher, LaunchRequest, PlayableUnit } from "./learning/launchers.ts";
export * as launches from "./learning/launches.ts";
export { courseIri, itemIri } from "./learning/statements.ts";
export { itemKind, type ItemKind } from "./courses/item-kinds.ts";
export type { CompletionRule } from "./courses/completion.ts";
export * as enrollments from "./learning/enrollments.ts";
export { csvLine } from "./http/csv.ts";
export type { Exporter, ExportPlace } from "./learning/exporters.ts";
export { checkQuestion, checkResponse, gradeQuestion, question, questionType, renderQuestion, type Interaction, type Question, type QuestionType, type QuestionView } from "./learning/questions.ts";
export type { JobDeclaration, JobMaker } from "./db/jobs.ts";
export type { Delivery, Retries } from "./db/queue.ts";
export type { Subscriber } from "./db/outbox.ts";
export { announce, type FeedCatalogue, type FeedSource, type PublishedEvent } from "./db/feeds.ts";
