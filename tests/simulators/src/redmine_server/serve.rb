# A private copy of the packaged Redmine. The program stays where the package put it; everything that is written lies in one
# folder, which the package takes for an instance because an instance is named by a path. Nothing of the system's own
# instances is read or changed, and no rights beyond a user's are needed.
#
# Arguments: the folder, and where a prepared database is kept for the next copy. Output: one line of JSON with the port,
# the keys and the ids; after that, for each line of input (Ruby as a JSON text) one line with its value or its error. The
# end of the input is the end of this process and of the folder, so that a test that is killed leaves neither.

require 'digest'
require 'fileutils'
require 'json'
require 'securerandom'

FOLDER, KEPT = ARGV
DATABASE = File.join(FOLDER, 'redmine.sqlite3')
# The only way from /usr/share/redmine/instances to another place is up to the root.
ENV['X_DEBIAN_SITEID'] = File.join(['..'] * 8, FOLDER)
ENV['RAILS_ENV'] = 'production'
ENV['BUNDLE_GEMFILE'] = File.join(FOLDER, 'gems.rb')

answers = $stdout.dup
answers.sync = true
# Whatever else is said belongs to the log.
$stdout.reopen($stderr)

%w[config files log tmp/cache public/plugin_assets].each { |name| FileUtils.mkdir_p(File.join(FOLDER, name)) }
File.write(File.join(FOLDER, 'config/secret_key.txt'), SecureRandom.hex(64))
database = { adapter: 'sqlite3', database: DATABASE, pool: 8, timeout: 20_000 }
# JSON is YAML too.
File.write(File.join(FOLDER, 'config/database.yml'), JSON.generate(production: database))

require 'bundler/setup'
require 'puma'
require 'puma/server'
require '/usr/share/redmine/config/application'

# Loading on demand halves the start.
Rails.application.config.eager_load = false
prepared = [__FILE__, '/usr/share/redmine/lib/redmine/version.rb'].map { |path| File.read(path) }.join
prepared = File.join(KEPT, "redmine-#{Digest::SHA256.hexdigest(prepared)[0, 16]}.sqlite3")
fresh = !File.file?(prepared)
FileUtils.cp(prepared, DATABASE) unless fresh
Rails.application.initialize!
Rails.logger.level = :warn
ActiveRecord::Base.connection.execute('PRAGMA synchronous = OFF')

# In a room of their own: a function at the top is one of every object of Redmine's.
module Copy
  # What an administrator does once: tables, default data, REST, people and a project that is not public.
  def self.prepare
    ActiveRecord::Migration.verbose = false
    migrations = Rails.root.join('db/migrate').to_s
    ActiveRecord::MigrationContext.new(migrations, ActiveRecord::SchemaMigration).migrate
    ActiveRecord::Base.descendants.each(&:reset_column_information)
    Redmine::DefaultData::Loader.load('en')
    Setting.rest_api_enabled = '1'
    Setting.login_required = '1'
    User.find_by_login('admin').update_columns(must_change_passwd: false)
    project = Project.new(name: 'Desk', identifier: 'desk', is_public: false)
    project.enabled_module_names = %w[issue_tracking time_tracking files]
    project.trackers = Tracker.all
    project.save!
    roles = { 'sup1' => 'Manager', 'agent1' => 'Developer', 'rep1' => 'Reporter' }
    roles.each { |login, role| member(project, login, role) }
    User.where(type: 'User').each(&:api_key)
  end

  def self.member(project, login, role)
    user = User.new(firstname: login.capitalize, lastname: 'Test', mail: "#{login}@example.test", language: 'en')
    user.login = login
    user.password = user.password_confirmation = 'Passw0rd-test'
    user.save!
    Member.create!(project: project, principal: user, roles: [Role.find_by_name(role)])
  end

  def self.answer(code)
    value = Rails.application.executor.wrap { TOPLEVEL_BINDING.eval(code) }
    { value: value.as_json }
  rescue StandardError, ScriptError => error
    { error: "#{error.class}: #{error.message}" }
  end
end

Copy.prepare if fresh
if fresh && File.writable?(KEPT)
  # Whoever prepares at the same moment makes another of the same worth.
  own = "#{prepared}.#{Process.pid}"
  ActiveRecord::Base.connection.execute("VACUUM INTO '#{own.gsub("'", "''")}'")
  File.rename(own, prepared)
end

# One call at a time: SQLite refuses writers that meet, and a test is no place to find out who came first.
server = Puma::Server.new(Rails.application, Puma::Events.stdio, min_threads: 1, max_threads: 1)
server.add_tcp_listener('127.0.0.1', 0)
server.run

people = User.where(type: 'User')
begin
  answers.puts JSON.generate(
    port: server.connected_ports.first,
    version: Redmine::VERSION.to_s,
    keys: people.to_h { |user| [user.login, user.api_key] },
    ids: people.to_h { |user| [user.login, user.id] },
    project: Project.find('desk').id
  )
  $stdin.each_line { |line| answers.puts JSON.generate(Copy.answer(JSON.parse(line))) }
rescue Errno::EPIPE
  # Nobody reads any more, which is the end of the input as well.
end
FileUtils.rm_rf(FOLDER)
exit!(true)
